# Built in one stage, run in another that has the server, what it links, and nothing else.
FROM docker.io/library/debian:bookworm-slim AS build
WORKDIR /src
COPY .ci .ci
RUN .ci/deps build
COPY CMakeLists.txt ./
COPY cmake cmake
COPY base base
COPY config config
COPY protocol protocol
COPY storage storage
COPY persistence persistence
COPY server server
# Empty: as many compilers at once as there are cores.
ARG JOBS=
RUN cmake -G Ninja -S . -B build/release -DCMAKE_BUILD_TYPE=Release -DINKSTONE_TESTS=OFF \
  && cmake --build build/release --target inkstone-server inkstone-check-aof inkstone-check-rdb --parallel $JOBS \
  && strip build/release/inkstone-server build/release/inkstone-check-aof build/release/inkstone-check-rdb

FROM docker.io/library/debian:bookworm-slim
COPY .ci /usr/share/inkstone/ci
# Of redis-tools only redis-cli, which people use in `docker exec` and in health checks: the other tools would work on the
# server's files with another server's code.
RUN printf 'path-exclude=/usr/bin/redis-benchmark\npath-exclude=/usr/bin/redis-check-*\n' \
    >/etc/dpkg/dpkg.cfg.d/inkstone \
  && /usr/share/inkstone/ci/deps runtime image \
  && apt-get clean \
  && rm -rf /var/lib/apt/lists/* /usr/share/inkstone \
  && groupadd --system --gid 999 inkstone \
  && useradd --system --uid 999 --gid inkstone --home-dir /data --shell /usr/sbin/nologin inkstone \
  && mkdir /data && chown inkstone:inkstone /data
COPY --from=build /src/build/release/inkstone-server /src/build/release/inkstone-check-aof \
  /src/build/release/inkstone-check-rdb /usr/local/bin/
# The names that scripts and fingers know: redis-server, redis-check-aof, ...
RUN cd /usr/local/bin && for tool in inkstone-*; do ln -s "$tool" "redis-${tool#inkstone-}"; done
COPY --chmod=755 .docker/entrypoint.sh .docker/healthcheck.sh /usr/local/bin/
# Fails here, not at the user's, when a package that the server links is missing from the list.
RUN set -e; for tool in /usr/local/bin/redis-* redis-cli; do "$tool" --version; done
# The container lives as long as the server: daemonize is not obeyed here.
ENV INKSTONE_IMAGE_FOREGROUND=yes
USER inkstone
VOLUME /data
WORKDIR /data
EXPOSE 6379
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["/usr/local/bin/healthcheck.sh"]
ENTRYPOINT ["entrypoint.sh"]
