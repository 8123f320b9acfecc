# SPDX-License-Identifier: Apache-2.0
# Which LibTorch is used, whether it can be, and the targets made of it: functions that
# dependencies.cmake calls in this order.

include_guard(GLOBAL)

set(CATDOG_LIBTORCH "" CACHE PATH
    "LibTorch: the folder that holds include/ lib/ share/ (empty: third_party/libtorch)")

# Sets catdog_torch_root to the folder that holds include/ lib/ share/, and catdog_torch_why to
# how it was chosen: Torch_DIR, CATDOG_LIBTORCH, the environment, CMAKE_PREFIX_PATH, third_party.
function(catdog_choose_libtorch)
  # The environment only fills an empty entry, as with CXX; it is kept, so that a later automatic
  # reconfiguration in another shell does not change LibTorch under a half-built tree.
  if(NOT CATDOG_LIBTORCH AND NOT "$ENV{CATDOG_LIBTORCH}" STREQUAL "")
    set_property(CACHE CATDOG_LIBTORCH PROPERTY VALUE "$ENV{CATDOG_LIBTORCH}")
  endif()
  if(NOT Torch_DIR AND NOT CATDOG_LIBTORCH AND NOT "$ENV{Torch_DIR}" STREQUAL "")
    set(Torch_DIR "$ENV{Torch_DIR}")
  endif()

  set(root "")
  if(Torch_DIR)
    get_filename_component(root "${Torch_DIR}/../../.." ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}")
    set(why "Torch_DIR")
  elseif(CATDOG_LIBTORCH)
    get_filename_component(root "${CATDOG_LIBTORCH}" ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}")
    set(why "CATDOG_LIBTORCH")
  else()
    foreach(prefix IN LISTS CMAKE_PREFIX_PATH)
      if(NOT root AND EXISTS "${prefix}/share/cmake/Torch/TorchConfig.cmake")
        set(root "${prefix}")
        set(why "CMAKE_PREFIX_PATH")
      endif()
    endforeach()
    if(NOT root)
      set(root "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/libtorch")
      set(why "third_party")
    endif()
  endif()
  set(catdog_torch_root "${root}" PARENT_SCOPE)
  set(catdog_torch_why "${why}" PARENT_SCOPE)
endfunction()

# Reads version and libraries of catdog_torch_root and refuses what cannot work.
function(catdog_inspect_libtorch)
  set(root "${catdog_torch_root}")
  set(version "")
  foreach(header IN ITEMS torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
    if(NOT version AND EXISTS "${root}/include/${header}")
      file(STRINGS "${root}/include/${header}" lines
           REGEX "#define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
      string(REGEX REPLACE "[^0-9;]" "" lines "${lines}")
      string(REPLACE ";" "." version "${lines}")
    endif()
  endforeach()
  if(NOT version)
    message(FATAL_ERROR "LibTorch in ${root} (chosen by ${catdog_torch_why}) is not usable: there "
      "is no include/torch with a version.h; name the folder that holds include/ lib/ share/ "
      "with -DCATDOG_LIBTORCH=FOLDER.")
  endif()
  if(version VERSION_LESS 2.6)
    message(FATAL_ERROR "LibTorch ${version} in ${root} is too old: catdog needs 2.6 or later; "
      "type scripts/setup, or name another with -DCATDOG_LIBTORCH=FOLDER.")
  endif()
  if(EXISTS "${root}/share/cmake/Torch/TorchConfig.cmake")
    file(STRINGS "${root}/share/cmake/Torch/TorchConfig.cmake" old_abi
         REGEX "_GLIBCXX_USE_CXX11_ABI=0")
    if(old_abi)
      message(FATAL_ERROR "LibTorch ${version} in ${root} is built with the old C++ ABI "
        "(_GLIBCXX_USE_CXX11_ABI=0) and cannot be linked with the system's OpenCV and spdlog: "
        "take a cxx11-abi build (every build since 2.7), for example by scripts/setup.")
    endif()
  endif()

  set(libraries "")
  set(folders "")
  foreach(name IN ITEMS c10 torch_cpu torch c10_cuda torch_cuda)
    set(path "")
    foreach(folder IN ITEMS lib "lib/${CMAKE_LIBRARY_ARCHITECTURE}")
      if(NOT path AND EXISTS "${root}/${folder}/lib${name}${CMAKE_SHARED_LIBRARY_SUFFIX}")
        set(path "${root}/${folder}/lib${name}${CMAKE_SHARED_LIBRARY_SUFFIX}")
      endif()
    endforeach()
    if(path)
      list(APPEND libraries "${path}")
      get_filename_component(folder "${path}" REALPATH)
      get_filename_component(folder "${folder}" DIRECTORY)
      list(APPEND folders "${folder}")
    elseif(NOT name MATCHES cuda)
      message(FATAL_ERROR "LibTorch ${version} in ${root} is incomplete: lib${name}"
        "${CMAKE_SHARED_LIBRARY_SUFFIX} is not in its lib folder; type scripts/setup, or name "
        "another with -DCATDOG_LIBTORCH=FOLDER.")
    endif()
  endforeach()

  # Libraries of two LibTorches in one process link well and die at start.
  list(REMOVE_DUPLICATES folders)
  list(LENGTH folders count)
  if(count GREATER 1)
    list(JOIN folders " and " folders)
    message(FATAL_ERROR "LibTorch's libraries lie in more than one folder (${folders}), which "
      "mixes two builds: name one whole LibTorch with -DCATDOG_LIBTORCH=FOLDER.")
  endif()
  string(REPLACE ":" ";" search_path "$ENV{LD_LIBRARY_PATH}")
  foreach(folder IN LISTS search_path)
    if(EXISTS "${folder}/libc10.so")
      get_filename_component(folder "${folder}" REALPATH)
      if(NOT folder STREQUAL folders)
        message(WARNING "LD_LIBRARY_PATH names ${folder}, which holds another LibTorch than "
          "${folders}: programs built here will load that one; unset LD_LIBRARY_PATH.")
      endif()
    endif()
  endforeach()

  set(catdog_torch_version "${version}" PARENT_SCOPE)
  set(catdog_torch_libraries "${libraries}" PARENT_SCOPE)
endfunction()

# Makes catdog_torch by hand. LibTorch's own TorchConfig.cmake is left aside on purpose: it looks
# for c10 and torch in the system's folders first (and so mixes in Debian's libtorch-dev), wants a
# CUDA toolkit for a CUDA build that needs none to link, and warns about parts wheels do not have.
function(catdog_add_torch_target)
  set(root "${catdog_torch_root}")
  add_library(catdog_torch INTERFACE)

  # LibTorch brings its own, newer fmt headers. spdlog must see the fmt it was compiled with, so
  # that one goes first; LibTorch's headers use fmt in their distributed and profiler parts only.
  set(includes "")
  if(EXISTS "${root}/include/fmt")
    find_path(CATDOG_FMT_INCLUDE_DIR fmt/format.h)
    mark_as_advanced(CATDOG_FMT_INCLUDE_DIR)
    if(CATDOG_FMT_INCLUDE_DIR)
      file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/fmt_of_spdlog")
      file(CREATE_LINK "${CATDOG_FMT_INCLUDE_DIR}/fmt" "${CMAKE_BINARY_DIR}/fmt_of_spdlog/fmt"
           SYMBOLIC)
      list(APPEND includes "${CMAKE_BINARY_DIR}/fmt_of_spdlog")
    endif()
  endif()
  list(APPEND includes "${root}/include" "${root}/include/torch/csrc/api/include")
  target_include_directories(catdog_torch SYSTEM INTERFACE ${includes})

  # As imported libraries, so that CMake writes their folder into the programs' run path.
  foreach(path IN LISTS catdog_torch_libraries)
    get_filename_component(name "${path}" NAME_WE)
    add_library(catdog_${name} SHARED IMPORTED GLOBAL)
    set_target_properties(catdog_${name} PROPERTIES IMPORTED_LOCATION "${path}")
    target_link_libraries(catdog_torch INTERFACE catdog_${name})
  endforeach()
  target_link_libraries(catdog_torch INTERFACE Threads::Threads)

  # at::parallel_for is a loop on one thread unless OpenMP is on where it is compiled. The runtime
  # linked is LibTorch's own, so that there is one in the process, with one set of threads; a build
  # without one of its own uses the system's. Clang would need another runtime: it stays with one
  # thread there.
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    file(GLOB openmp "${root}/lib/libgomp*.so*")
    if(NOT openmp)
      set(openmp gomp)
    endif()
    target_compile_options(catdog_torch INTERFACE -fopenmp)
    target_link_libraries(catdog_torch INTERFACE ${openmp})
  endif()

  # libtorch_cuda registers itself when it is loaded; no symbol of it is called. Without this the
  # linker drops it and CUDA is "not available" at run time. One item, so that nothing reorders it.
  if(TARGET catdog_libtorch_cuda)
    get_target_property(cuda catdog_libtorch_cuda IMPORTED_LOCATION)
    target_link_libraries(catdog_torch INTERFACE
      "-Wl,--push-state,--no-as-needed,\"${cuda}\",--pop-state")
    # Its own CUDA libraries are found through its run path, when the program starts.
    target_link_options(catdog_torch INTERFACE "LINKER:--allow-shlib-undefined")
  endif()
endfunction()

# Makes catdog_cuda_headers, for src/train/cuda_graph.cpp alone, if headers are found that fit a CUDA
# build of LibTorch: the classes in LibTorch's own headers change their size with CUDA's version.
# They come with a toolkit, or lie beside torch in a Python environment.
function(catdog_find_cuda_headers)
  file(GLOB beside "${catdog_torch_root}/../nvidia/cu*/include")
  find_path(CATDOG_CUDA_INCLUDE_DIR crt/host_config.h
    HINTS ${beside} ENV CUDA_HOME PATHS /usr/local/cuda PATH_SUFFIXES include)
  mark_as_advanced(CATDOG_CUDA_INCLUDE_DIR)
  if(NOT EXISTS "${CATDOG_CUDA_INCLUDE_DIR}/cuda.h")
    return()
  endif()
  file(STRINGS "${CATDOG_CUDA_INCLUDE_DIR}/cuda.h" found REGEX "#define CUDA_VERSION [0-9]+")
  string(REGEX REPLACE ".*CUDA_VERSION ([0-9]+).*" "\\1" found "${found}")
  get_target_property(library catdog_libc10_cuda IMPORTED_LOCATION)
  file(STRINGS "${library}" wanted REGEX "libcudart[-0-9a-f]*\\.so\\.[0-9]+" LIMIT_COUNT 1)
  string(REGEX REPLACE ".*\\.so\\.([0-9]+).*" "\\1" wanted "${wanted}")
  math(EXPR found_major "${found} / 1000")
  if(found_major STREQUAL wanted AND NOT found LESS 12040)
    add_library(catdog_cuda_headers INTERFACE)
    target_include_directories(catdog_cuda_headers SYSTEM INTERFACE "${CATDOG_CUDA_INCLUDE_DIR}")
  else()
    message(STATUS "CUDA's headers in ${CATDOG_CUDA_INCLUDE_DIR} (${found}) are not of the version "
      "that LibTorch was built with (${wanted}): not used")
  endif()
endfunction()
