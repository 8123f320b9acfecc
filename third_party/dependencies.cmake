# SPDX-License-Identifier: Apache-2.0
# The one file where every dependency is found. Gives the targets catdog_torch, catdog_opencv,
# CLI11::CLI11, spdlog::spdlog, nlohmann_json::nlohmann_json, JPEG::JPEG, WebP::webp,
# OpenSSL::Crypto, protozero::protozero, Threads::Threads and, unless BUILD_TESTING is off,
# GTest::gtest_main; or stops with one sentence.

include_guard(GLOBAL)

set(catdog_missing "")   # what was not found, for people
set(catdog_packages "")  # the Debian packages that hold it

# Notes a dependency as missing, so that all of them are named at once at the end.
function(catdog_require found what package)
  if(NOT ${found})
    set(catdog_missing ${catdog_missing} "${what}" PARENT_SCOPE)
    set(catdog_packages ${catdog_packages} "${package}" PARENT_SCOPE)
  endif()
endfunction()

# ---------------------------------------------------------------------------- Debian's packages

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads QUIET)
catdog_require(Threads_FOUND "a threads library" g++)

find_package(CLI11 QUIET CONFIG)
catdog_require(CLI11_FOUND "CLI11" libcli11-dev)

find_package(spdlog QUIET CONFIG)
catdog_require(spdlog_FOUND "spdlog" libspdlog-dev)

find_package(nlohmann_json QUIET CONFIG)
catdog_require(nlohmann_json_FOUND "nlohmann_json" nlohmann-json3-dev)

find_package(JPEG QUIET)
catdog_require(JPEG_FOUND "libjpeg" libjpeg-dev)

# Debian 12's package of libwebp has no file for CMake.
find_path(CATDOG_WEBP_INCLUDE_DIR webp/decode.h)
find_library(CATDOG_WEBP_LIBRARY webp)
mark_as_advanced(CATDOG_WEBP_INCLUDE_DIR CATDOG_WEBP_LIBRARY)
catdog_require(CATDOG_WEBP_LIBRARY "libwebp" libwebp-dev)
add_library(WebP::webp INTERFACE IMPORTED)
target_include_directories(WebP::webp SYSTEM INTERFACE "${CATDOG_WEBP_INCLUDE_DIR}")
target_link_libraries(WebP::webp INTERFACE "${CATDOG_WEBP_LIBRARY}")

find_package(OpenSSL QUIET COMPONENTS Crypto)
catdog_require(OPENSSL_FOUND "OpenSSL's libcrypto" libssl-dev)

# Headers alone, without a CMake package of their own.
find_path(CATDOG_PROTOZERO_INCLUDE_DIR protozero/pbf_message.hpp)
mark_as_advanced(CATDOG_PROTOZERO_INCLUDE_DIR)
catdog_require(CATDOG_PROTOZERO_INCLUDE_DIR "protozero" libprotozero-dev)

if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
  find_package(GTest QUIET)
  catdog_require(GTest_FOUND "GoogleTest" libgtest-dev)
  find_package(Python3 QUIET COMPONENTS Interpreter)
  catdog_require(Python3_Interpreter_FOUND "Python 3" python3)
endif()

# OpenCVConfig.cmake is in Debian's libopencv-dev alone, which costs 620 MB more than the three
# libraries used here; without it the same targets are made by hand.
find_package(OpenCV QUIET COMPONENTS core imgproc imgcodecs)
if(OpenCV_FOUND)
  set(catdog_opencv_from "${OpenCV_DIR}")
  set(catdog_opencv_libraries opencv_core opencv_imgproc opencv_imgcodecs)
else()
  find_path(CATDOG_OPENCV_INCLUDE_DIR opencv2/imgcodecs.hpp PATH_SUFFIXES opencv4)
  mark_as_advanced(CATDOG_OPENCV_INCLUDE_DIR)
  set(catdog_opencv_libraries "")
  set(OpenCV_FOUND ${CATDOG_OPENCV_INCLUDE_DIR})
  foreach(module IN ITEMS core imgproc imgcodecs)
    find_library(CATDOG_OPENCV_${module}_LIBRARY opencv_${module})
    mark_as_advanced(CATDOG_OPENCV_${module}_LIBRARY)
    list(APPEND catdog_opencv_libraries "${CATDOG_OPENCV_${module}_LIBRARY}")
    if(NOT CATDOG_OPENCV_${module}_LIBRARY)
      set(OpenCV_FOUND FALSE)
    endif()
  endforeach()
  if(OpenCV_FOUND)
    file(STRINGS "${CATDOG_OPENCV_INCLUDE_DIR}/opencv2/core/version.hpp" catdog_lines
         REGEX "#define CV_VERSION_(MAJOR|MINOR|REVISION) ")
    string(REGEX REPLACE "[^0-9;]" "" catdog_lines "${catdog_lines}")
    string(REPLACE ";" "." OpenCV_VERSION "${catdog_lines}")
    set(catdog_opencv_from "${CATDOG_OPENCV_INCLUDE_DIR}")
  endif()
endif()
catdog_require(OpenCV_FOUND "OpenCV (core, imgproc, imgcodecs)" libopencv-imgcodecs-dev)

# ------------------------------------------------------------------------------------- LibTorch

include("${CMAKE_CURRENT_LIST_DIR}/libtorch.cmake")
catdog_choose_libtorch()
if(IS_DIRECTORY "${catdog_torch_root}" OR NOT catdog_torch_why STREQUAL "third_party")
  catdog_inspect_libtorch()
else()
  list(APPEND catdog_missing "LibTorch")
endif()

# --------------------------------------------------------------------------- the verdict, summary

if(catdog_missing)
  list(JOIN catdog_missing ", " catdog_missing)
  if(catdog_packages)
    list(REMOVE_DUPLICATES catdog_packages)
    list(JOIN catdog_packages " " catdog_packages)
    set(catdog_packages ", or for the packages alone apt-get install ${catdog_packages}")
  endif()
  message(FATAL_ERROR "Not found: ${catdog_missing}; type scripts/setup${catdog_packages}.")
endif()

catdog_add_torch_target()
add_library(catdog_opencv INTERFACE)
target_link_libraries(catdog_opencv INTERFACE ${catdog_opencv_libraries})
if(CATDOG_OPENCV_INCLUDE_DIR)
  target_include_directories(catdog_opencv SYSTEM INTERFACE "${CATDOG_OPENCV_INCLUDE_DIR}")
endif()

add_library(protozero::protozero INTERFACE IMPORTED)
target_include_directories(protozero::protozero SYSTEM INTERFACE "${CATDOG_PROTOZERO_INCLUDE_DIR}")

if(TARGET catdog_libtorch_cuda)
  catdog_find_cuda_headers()
  if(TARGET catdog_cuda_headers)
    set(catdog_torch_kind "CUDA, with graphs")
  else()
    set(catdog_torch_kind "CUDA, without graphs: no headers that fit")
  endif()
else()
  set(catdog_torch_kind "CPU")
endif()
message(STATUS "catdog is built on")
message(STATUS "  LibTorch ${catdog_torch_version} (${catdog_torch_kind}): ${catdog_torch_root} "
               "(by ${catdog_torch_why})")
message(STATUS "  OpenCV ${OpenCV_VERSION}: ${catdog_opencv_from}")
message(STATUS "  CLI11 ${CLI11_VERSION}: ${CLI11_DIR}")
message(STATUS "  spdlog ${spdlog_VERSION}: ${spdlog_DIR}")
message(STATUS "  nlohmann_json ${nlohmann_json_VERSION}: ${nlohmann_json_DIR}")
message(STATUS "  libjpeg ${JPEG_VERSION}: ${JPEG_LIBRARIES}")
message(STATUS "  libwebp: ${CATDOG_WEBP_LIBRARY}")
message(STATUS "  protozero: ${CATDOG_PROTOZERO_INCLUDE_DIR}")
message(STATUS "  OpenSSL ${OPENSSL_VERSION}: ${OPENSSL_CRYPTO_LIBRARY}")
if(GTest_FOUND)
  message(STATUS "  GoogleTest ${GTest_VERSION}: ${GTest_DIR}")
endif()
