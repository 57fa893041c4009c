#include <catch2/catch.hpp>
#include <chrono>
#include <set>

#include "server/info/info_report.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

using std::chrono::microseconds;

std::string textOf(const InfoValue& value) {
  std::string text;
  appendInfoText(value, text);
  return text;
}

template <class Visit>
void forEachField(Visit visit) {
  for (const InfoSection& section : infoSections()) {
    for (const InfoField& field : section.fields) {
      INFO(section.name << " " << field.name);
      visit(field);
    }
  }
}

const InfoField& fieldOf(std::string_view name) {
  const InfoField* found = nullptr;
  forEachField([&](const InfoField& field) {
    if (field.name == name) found = &field;
  });
  INFO(name);
  REQUIRE(found != nullptr);
  return *found;
}

bool fits(InfoKind kind, const InfoValue& value) {
  return std::visit([&]<class Type>(const Type&) { return infoTypeFits<Type>(kind); }, value);
}

}  // namespace

TEST_CASE("every row of INFO has a help line of one sentence, and no two rows have the same") {
  std::set<std::string_view> seen;
  forEachField([&](const InfoField& field) {
    REQUIRE(field.help.size() > 5);
    CHECK(field.help.find(". ") == std::string_view::npos);
    CHECK(field.help.back() == '.');
    CHECK((field.help.front() >= 'A' && field.help.front() <= 'Z'));
    CHECK(seen.insert(field.help).second);
  });
  CHECK(seen.size() > 150);
}

TEST_CASE("the value of every row of INFO fits the row's kind, with the log off and on") {
  ServerFixture fixture;
  for (const bool logging : {false, true}) {
    if (logging) fixture.startLog();
    const InfoSnapshot snapshot(fixture.parts());
    forEachField([&](const InfoField& field) { CHECK(fits(field.kind, field.value(snapshot))); });
  }
}

TEST_CASE("a kind of INFO rows takes only values that behave as it says") {
  CHECK(fits(InfoKind::kCounter, uint64_t{1}));
  CHECK(fits(InfoKind::kCounter, InfoTime::seconds(1)));
  CHECK_FALSE(fits(InfoKind::kCounter, int64_t{1}));
  CHECK_FALSE(fits(InfoKind::kCounter, InfoReal{1}));
  CHECK(fits(InfoKind::kGauge, true));
  CHECK(fits(InfoKind::kGauge, InfoStatus{true}));
  CHECK_FALSE(fits(InfoKind::kGauge, std::string("1")));
  CHECK_FALSE(fits(InfoKind::kDuration, uint64_t{1}));
  CHECK_FALSE(fits(InfoKind::kTimestamp, int64_t{1}));
  CHECK_FALSE(fits(InfoKind::kText, uint64_t{1}));
}

TEST_CASE("INFO shows the text of the rows, in their order, and leaves out what is not shown") {
  ServerFixture fixture;
  const InfoSnapshot snapshot(fixture.parts());
  for (const InfoSection& section : infoSections()) {
    if (section.fields.empty() || section.append != nullptr) continue;
    const std::string_view asked[] = {section.name};
    std::string report = infoReport(fixture.parts(), asked);
    CHECK(report.starts_with("# " + std::string(section.title) + "\r\n"));
    size_t at = report.find("\r\n");
    for (const InfoField& field : section.fields) {
      const std::string start = "\r\n" + std::string(field.name) + ":";
      const bool here = report.compare(at, start.size(), start) == 0;
      INFO(field.name);
      REQUIRE(here == field.shown(snapshot));
      if (here) at = report.find("\r\n", at + 2);
    }
    CHECK(at + 2 == report.size());
  }
}

TEST_CASE("a reader gets numbers, flags, times and words of INFO without parsing text") {
  ServerFixture fixture;
  fixture.run({"SET", "k", "v"});
  fixture.run({"GET", "none"});
  const InfoSnapshot snapshot(fixture.parts());
  const InfoField& misses = fieldOf("keyspace_misses");
  CHECK(misses.kind == InfoKind::kCounter);
  CHECK(std::get<uint64_t>(misses.value(snapshot)) == 1);
  CHECK_FALSE(std::get<bool>(fieldOf("loading").value(snapshot)));
  CHECK(std::get<InfoStatus>(fieldOf("aof_last_write_status").value(snapshot)).ok);
  CHECK(std::get<InfoReal>(fieldOf("mem_fragmentation_ratio").value(snapshot)).number > 0);
  CHECK(std::get<InfoTime>(fieldOf("used_cpu_user").value(snapshot)).span > microseconds(0));
  CHECK(std::get<std::string>(fieldOf("server_name").value(snapshot)) == "inkstone");
  // Seconds in INFO, as exact as every other time here.
  CHECK(std::get<InfoTime>(fieldOf("rdb_last_bgsave_time_sec").value(snapshot)).span ==
        std::chrono::seconds(-1));
}

TEST_CASE("values of INFO become text as Redis writes them") {
  CHECK(textOf(true) == "1");
  CHECK(textOf(false) == "0");
  CHECK(textOf(InfoStatus{true}) == "ok");
  CHECK(textOf(InfoStatus{false}) == "err");
  CHECK(textOf(UINT64_MAX) == "18446744073709551615");
  CHECK(textOf(int64_t{-1}) == "-1");
  CHECK(textOf(InfoReal{0}) == "0.00");
  CHECK(textOf(InfoReal{12.345}) == "12.35");
  CHECK(textOf(InfoReal{99.999, true}) == "100.00%");
  CHECK(textOf(InfoTime::seconds(-1)) == "-1");
  CHECK(textOf(InfoTime::seconds(1'700'000'000)) == "1700000000");
  CHECK(textOf(InfoTime::milliseconds(1500)) == "1500");
  CHECK(textOf(InfoTime::microseconds(1500)) == "1500");
  CHECK(textOf(InfoTime{microseconds(1999), InfoTime::Form::kMilliseconds}) == "1");
  CHECK(textOf(InfoTime{microseconds(1999), InfoTime::Form::kSecondsAndFraction}) == "0.001999");
  CHECK(textOf(InfoTime{std::chrono::hours(47), InfoTime::Form::kDays}) == "1");
  CHECK(textOf(std::string("inkstone")) == "inkstone");
}

}  // namespace inkstone::test
