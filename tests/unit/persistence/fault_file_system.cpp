#include "tests/unit/persistence/fault_file_system.h"

#include <algorithm>
#include <utility>

namespace inkstone::test {

namespace {

std::string directoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string nameOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace

std::map<std::string, std::string> DiskMoment::afterPowerCut(Unsynced unsynced,
                                                             bool names_written) const {
  std::map<std::string, std::string> files;
  for (const auto& [name, file] : names_written ? names_ : durable_names_) {
    std::string& bytes = files[name] = file.durable;
    const size_t begin = static_cast<size_t>(std::find(file.dirty.begin(), file.dirty.end(), true) -
                                             file.dirty.begin());
    const size_t dirty = file.cached.size() - begin;
    if (unsynced == Unsynced::kWritten) bytes = file.cached;
    if (unsynced == Unsynced::kHalfWritten && dirty > 0) {
      bytes.resize(begin);
      bytes += file.cached.substr(begin, dirty / 2);
    }
    if (unsynced == Unsynced::kZeroed) bytes.resize(file.cached.size(), '\0');
  }
  return files;
}

std::map<std::string, uint64_t> DiskMoment::inodes(bool names_written) const {
  std::map<std::string, uint64_t> numbers;
  for (const auto& [name, file] : names_written ? names_ : durable_names_) {
    numbers[name] = file.number;
  }
  return numbers;
}

class FaultAppendFile final : public AppendFile {
 public:
  FaultAppendFile(FaultFileSystem& files, std::shared_ptr<FaultFileSystem::Inode> inode,
                  bool unnamed = false)
      : files_(files), inode_(std::move(inode)), unnamed_(unnamed) {}
  ~FaultAppendFile() override {
    if (unnamed_ && inode_) files_.freeUnnamed(*inode_);
  }

  IoResult<size_t> append(std::string_view data) override {
    if (!inode_) return {0, closed()};
    return files_.append(*inode_, data);
  }
  std::error_code overwrite(uint64_t offset, std::string_view data) override {
    return inode_ ? files_.overwrite(*inode_, offset, data) : closed();
  }
  IoResult<size_t> readAt(uint64_t offset, std::span<char> target) override {
    if (!inode_) return {0, closed()};
    return files_.read(*inode_, offset, target);
  }
  std::error_code sync() override { return inode_ ? files_.sync(*inode_) : closed(); }
  std::error_code truncate(uint64_t size) override {
    return inode_ ? files_.truncate(*inode_, size) : closed();
  }
  std::error_code allocate(uint64_t size) override {
    return inode_ ? files_.allocate(*inode_, size) : closed();
  }
  IoResult<uint64_t> size() override {
    if (!inode_) return {0, closed()};
    const std::lock_guard lock(files_.mutex_);
    return {inode_->cached.size(), {}};
  }
  FileIdentity identity() override {
    const std::lock_guard lock(files_.mutex_);
    return inode_ ? files_.identityOf(*inode_) : FileIdentity();
  }
  std::error_code close() override {
    if (!inode_) return closed();
    inode_.reset();
    return {};
  }

 private:
  static std::error_code closed() { return std::make_error_code(std::errc::bad_file_descriptor); }

  FaultFileSystem& files_;
  std::shared_ptr<FaultFileSystem::Inode> inode_;
  const bool unnamed_;
};

class FaultReadFile final : public ReadFile {
 public:
  FaultReadFile(FaultFileSystem& files, std::shared_ptr<FaultFileSystem::Inode> inode)
      : files_(files), inode_(std::move(inode)) {}

  IoResult<size_t> readAt(uint64_t offset, std::span<char> target) override {
    return files_.read(*inode_, offset, target);
  }
  IoResult<uint64_t> size() override {
    const std::lock_guard lock(files_.mutex_);
    return {inode_->cached.size(), {}};
  }
  FileIdentity identity() override {
    const std::lock_guard lock(files_.mutex_);
    return files_.identityOf(*inode_);
  }

 private:
  FaultFileSystem& files_;
  std::shared_ptr<FaultFileSystem::Inode> inode_;
};

void FaultFileSystem::failNth(Call call, int n, std::errc error, int times) {
  const std::lock_guard lock(mutex_);
  faults_[call] = {n - 1, times, error};
}

void FaultFileSystem::heal() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
  short_append_.reset();
  space_.reset();
}

void FaultFileSystem::shortenNextAppend(size_t bytes, std::errc error) {
  const std::lock_guard lock(mutex_);
  short_append_ = {bytes, error};
}

void FaultFileSystem::setSpace(std::optional<uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  space_ = bytes;
}

std::optional<uint64_t> FaultFileSystem::space() const {
  const std::lock_guard lock(mutex_);
  return space_;
}

void FaultFileSystem::holdSyncs() {
  const std::lock_guard lock(mutex_);
  hold_syncs_ = true;
}

void FaultFileSystem::releaseSyncs() {
  const std::lock_guard lock(mutex_);
  hold_syncs_ = false;
  changed_.notify_all();
}

void FaultFileSystem::waitUntilSyncHeld() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return held_syncs_ > 0; });
}

void FaultFileSystem::keepMoments() {
  const std::lock_guard lock(mutex_);
  keeps_moments_ = true;
  keepMoment();
}

void FaultFileSystem::keepMoment() {
  DiskMoment& moment = moments_.emplace_back();
  for (const auto& [name, inode] : names_) moment.names_.emplace(name, *inode);
  for (const auto& [name, inode] : durable_names_) moment.durable_names_.emplace(name, *inode);
}

std::vector<DiskMoment> FaultFileSystem::takeMoments() {
  const std::lock_guard lock(mutex_);
  keeps_moments_ = false;
  return std::exchange(moments_, {});
}

void FaultFileSystem::powerCut() {
  const std::lock_guard lock(mutex_);
  names_.clear();
  for (const auto& [name, inode] : durable_names_) {
    auto survivor = std::make_shared<Inode>();
    survivor->cached = survivor->durable = inode->durable;
    survivor->dirty.assign(survivor->cached.size(), false);
    survivor->number = inode->number;
    names_[name] = survivor;
  }
  durable_names_ = names_;
}

std::string FaultFileSystem::contents(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return names_.at(path)->cached;
}

std::string FaultFileSystem::durableContents(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = durable_names_.find(path);
  return found == durable_names_.end() ? "" : found->second->durable;
}

std::shared_ptr<FaultFileSystem::Inode> FaultFileSystem::newInode() {
  auto inode = std::make_shared<Inode>();
  inode->number = ++last_number_;
  return inode;
}

FileIdentity FaultFileSystem::identityOf(const Inode& inode) const {
  if (!knows_files_) return {};
  return {1, inode.number, static_cast<int64_t>(inode.number)};
}

void FaultFileSystem::knowFiles(std::string boot_id) {
  const std::lock_guard lock(mutex_);
  knows_files_ = true;
  boot_id_ = std::move(boot_id);
}

std::string FaultFileSystem::bootId() {
  const std::lock_guard lock(mutex_);
  return boot_id_;
}

void FaultFileSystem::beInode(const std::string& path, uint64_t number) {
  const std::lock_guard lock(mutex_);
  names_.at(path)->number = number;
  last_number_ = std::max(last_number_, number);
}

void FaultFileSystem::copy(const std::string& from, const std::string& to) {
  put(to, contents(from));
  const std::lock_guard lock(mutex_);
  names_.at(to)->number = ++last_number_;
}

void FaultFileSystem::put(const std::string& path, std::string bytes) {
  const std::lock_guard lock(mutex_);
  auto inode = newInode();
  if (const auto found = names_.find(path); found != names_.end()) {
    inode->number = found->second->number;
  }
  inode->dirty.assign(bytes.size(), false);
  inode->cached = inode->durable = std::move(bytes);
  names_[path] = durable_names_[path] = inode;
}

int FaultFileSystem::count(Call call) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::count(trace_.begin(), trace_.end(), call));
}

uint64_t FaultFileSystem::overwrittenFrom() const {
  const std::lock_guard lock(mutex_);
  return overwritten_from_;
}

std::vector<Call> FaultFileSystem::trace() const {
  const std::lock_guard lock(mutex_);
  return trace_;
}

void FaultFileSystem::clearTrace() {
  const std::lock_guard lock(mutex_);
  trace_.clear();
}

void FaultFileSystem::onCall(std::function<std::error_code(Call)> observer) {
  const std::lock_guard lock(mutex_);
  observer_ = std::move(observer);
}

std::error_code FaultFileSystem::enter(Call call) {
  trace_.push_back(call);
  if (keeps_moments_) keepMoment();
  if (const std::error_code error = observer_ ? observer_(call) : std::error_code{}) return error;
  const auto found = faults_.find(call);
  if (found == faults_.end()) return {};
  Fault& fault = found->second;
  if (fault.skip > 0) {
    --fault.skip;
    return {};
  }
  if (fault.times == 0) return {};
  --fault.times;
  return std::make_error_code(fault.error);
}

IoResult<size_t> FaultFileSystem::append(Inode& inode, std::string_view data) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kAppend)) return {0, error};
  std::error_code error;
  size_t taken = data.size();
  if (short_append_) {
    taken = std::min(taken, short_append_->first);
    error = std::make_error_code(short_append_->second);
    short_append_.reset();
  }
  if (space_ && *space_ < taken) {
    taken = static_cast<size_t>(*space_);
    error = std::make_error_code(std::errc::no_space_on_device);
  }
  if (space_) *space_ -= taken;
  inode.cached.append(data.substr(0, taken));
  inode.dirty.resize(inode.cached.size(), true);
  return {taken, error};
}

std::error_code FaultFileSystem::overwrite(Inode& inode, uint64_t offset, std::string_view data) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kOverwrite)) return error;
  overwritten_from_ = std::min(overwritten_from_, offset);
  inode.cached.replace(offset, data.size(), data);
  std::fill_n(inode.dirty.begin() + static_cast<ptrdiff_t>(offset), data.size(), true);
  return {};
}

IoResult<size_t> FaultFileSystem::read(const Inode& inode, uint64_t offset,
                                       std::span<char> target) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kRead)) return {0, error};
  if (offset >= inode.cached.size()) return {0, {}};
  return {inode.cached.copy(target.data(), target.size(), offset), {}};
}

std::error_code FaultFileSystem::sync(Inode& inode) {
  std::unique_lock lock(mutex_);
  if (hold_syncs_) {
    ++held_syncs_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !hold_syncs_; });
    --held_syncs_;
  }
  const std::error_code error = enter(Call::kSync);
  inode.durable.resize(inode.cached.size(), '\0');
  for (size_t i = 0; i < inode.cached.size(); ++i) {
    if (!inode.dirty[i]) continue;
    inode.dirty[i] = false;
    if (!error) {
      inode.durable[i] = inode.cached[i];
    } else if (drops_pages_) {
      inode.cached[i] = inode.durable[i];
    }
  }
  return error;
}

std::error_code FaultFileSystem::truncate(Inode& inode, uint64_t size) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kTruncate)) return error;
  if (space_ && size < inode.cached.size()) *space_ += inode.cached.size() - size;
  inode.cached.resize(size);
  inode.dirty.resize(size, true);
  return {};
}

std::error_code FaultFileSystem::allocate(Inode& inode, uint64_t size) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kAllocate)) return error;
  const uint64_t wanted = size - std::min<uint64_t>(size, inode.cached.size());
  if (space_ && *space_ < wanted) return std::make_error_code(std::errc::no_space_on_device);
  if (space_) *space_ -= wanted;
  inode.cached.resize(inode.cached.size() + wanted, '\0');
  inode.dirty.resize(inode.cached.size(), true);
  return {};
}

void FaultFileSystem::freeUnnamed(const Inode& inode) {
  const std::lock_guard lock(mutex_);
  if (space_) *space_ += inode.cached.size();
}

IoResult<std::shared_ptr<AppendFile>> FaultFileSystem::openUnnamed(const std::string&) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kOpenAppend)) return {nullptr, error};
  return {std::make_shared<FaultAppendFile>(*this, std::make_shared<Inode>(), true), {}};
}

IoResult<std::shared_ptr<AppendFile>> FaultFileSystem::openAppend(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kOpenAppend)) return {nullptr, error};
  std::shared_ptr<Inode>& inode = names_[path];
  if (!inode) inode = newInode();
  return {std::make_shared<FaultAppendFile>(*this, inode), {}};
}

IoResult<std::unique_ptr<ReadFile>> FaultFileSystem::openRead(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kOpenRead)) return {nullptr, error};
  const auto found = names_.find(path);
  if (found == names_.end()) {
    return {nullptr, std::make_error_code(std::errc::no_such_file_or_directory)};
  }
  return {std::make_unique<FaultReadFile>(*this, found->second), {}};
}

std::error_code FaultFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kRename)) return error;
  const auto found = names_.find(from);
  if (found == names_.end()) return std::make_error_code(std::errc::no_such_file_or_directory);
  names_[to] = found->second;
  names_.erase(from);
  return {};
}

std::error_code FaultFileSystem::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kRemove)) return error;
  if (names_.erase(path) == 0) return std::make_error_code(std::errc::no_such_file_or_directory);
  return {};
}

std::error_code FaultFileSystem::syncDirectory(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  if (const std::error_code error = enter(Call::kSyncDirectory)) return error;
  std::erase_if(durable_names_,
                [&](const auto& entry) { return directoryOf(entry.first) == directory; });
  for (const auto& [name, inode] : names_) {
    if (directoryOf(name) == directory) durable_names_[name] = inode;
  }
  return {};
}

IoResult<uint64_t> FaultFileSystem::size(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(path);
  if (found == names_.end()) {
    return {0, std::make_error_code(std::errc::no_such_file_or_directory)};
  }
  return {found->second->cached.size(), {}};
}

IoResult<uint64_t> FaultFileSystem::freeBytes(const std::string& /*directory*/) {
  const std::lock_guard lock(mutex_);
  return {space_.value_or(uint64_t{1} << 40), {}};
}

IoResult<bool> FaultFileSystem::exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return {names_.contains(path), {}};
}

IoResult<std::vector<std::string>> FaultFileSystem::listDirectory(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> found;
  for (const auto& entry : names_) {
    if (directoryOf(entry.first) == directory) found.push_back(nameOf(entry.first));
  }
  return {std::move(found), {}};
}

}  // namespace inkstone::test
