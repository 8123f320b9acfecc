// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: ends the program with exit code 99 where OpenCV opens a file by GDAL or GDCM, the
// decoders of map and medical data in Debian's build of it, which catdog must never reach.
#include <cstring>

#include <unistd.h>

namespace {

[[noreturn]] void entered(const char* function) {
  [[maybe_unused]] ssize_t written = ::write(2, function, std::strlen(function));
  written = ::write(2, " entered\n", 9);
  ::_exit(99);
}

}  // namespace

extern "C" {

void* GDALOpen(const char*, int) { entered("GDALOpen"); }
void* GDALOpenEx(const char*, unsigned, const char* const*, const char* const*,
                 const char* const*) {
  entered("GDALOpenEx");
}

// gdcm::ImageReader::ImageReader(), gdcm::ImageReader::Read() and gdcm::Reader::SetFileName().
void _ZN4gdcm11ImageReaderC1Ev() { entered("gdcm::ImageReader::ImageReader"); }
bool _ZN4gdcm11ImageReader4ReadEv() { entered("gdcm::ImageReader::Read"); }
void _ZN4gdcm6Reader11SetFileNameEPKc() { entered("gdcm::Reader::SetFileName"); }

}  // extern "C"
