# One INTERFACE target with what every target of ours is compiled with.
add_library(kith_options INTERFACE)
target_include_directories(kith_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
target_compile_options(kith_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual
  # With optimization g++ 12 sees null pointers inside its own library.
  $<$<CONFIG:Debug>:-Wnull-dereference>
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op -Wsuggest-override>
  $<$<CXX_COMPILER_ID:Clang>:-Wdocumentation>
  -fstack-protector-strong -fcf-protection)
# _GLIBCXX_ASSERTIONS turns an out-of-range index into a clean stop instead of a read of a neighbor's bytes.
target_compile_definitions(kith_options INTERFACE _GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT KITH_SANITIZE)
  target_compile_options(kith_options INTERFACE -fstack-clash-protection)
  target_compile_definitions(kith_options INTERFACE _FORTIFY_SOURCE=2)
  target_link_options(kith_options INTERFACE -Wl,-z,relro,-z,now)
endif()
# Messages and traces name files from the root of the tree, whoever built it where; so ccache can serve another clone.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -ffile-prefix-map=${PROJECT_BINARY_DIR}=.)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(KITH_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
if(KITH_SANITIZE)
  add_compile_options(-fsanitize=${KITH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${KITH_SANITIZE})
endif()

option(KITH_WARNINGS_ARE_ERRORS "Set by presets, so that a newer compiler breaks nobody's build" OFF)
if(KITH_WARNINGS_ARE_ERRORS)
  target_compile_options(kith_options INTERFACE -Werror)
endif()

# kith_embed(TARGET INPUT HEADER NAME): INPUT becomes the constant NAME of namespace NAMESPACE in generated/HEADER.
function(kith_embed target input header name namespace)
  set(output ${PROJECT_BINARY_DIR}/generated/${header})
  get_filename_component(folder ${output} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${CMAKE_CURRENT_SOURCE_DIR}/${input} -DOUTPUT=${output} -DNAME=${name}
            -DNAMESPACE=${namespace} -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${input} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake)
  target_sources(${target} PRIVATE ${output})
endfunction()
