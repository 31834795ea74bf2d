// Runs one fuzz target over the files of its corpus, for builds without libFuzzer. Fails when there
// is none.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  int count = 0;
  for (int i = 1; i < argc; ++i)
    for (auto& file : std::filesystem::directory_iterator{argv[i]}) {
      std::ifstream in{file.path(), std::ios::binary};
      std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      std::printf("%s\n", file.path().c_str());
      std::fflush(stdout);  // the last line names the file that a crash comes from
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
      ++count;
    }
  std::printf("%d inputs\n", count);
  return count > 0 ? 0 : 1;
}
