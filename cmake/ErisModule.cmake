# eris_module(base SOURCES … [DEPENDS …] [TESTS …] [TEST_DEPENDS …])
#
# One library per folder, and one test program per folder beside it. A module sees only the
# headers of the modules it DEPENDS on; that, with ci/include_scan_test.cpp, keeps the direction
# of dependency that ARCHITECTURE.md describes.
add_library(eris_flags INTERFACE)
target_compile_options(eris_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wno-missing-field-initializers
  # GCC 12 sees overlap in std::string's own copying at -O2 (its bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
target_include_directories(eris_flags INTERFACE "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>")

function(eris_module name)
  cmake_parse_arguments(M "" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS;TESTS;TEST_DEPENDS" ${ARGN})
  if(M_SOURCES)
    add_library(eris_${name} STATIC ${M_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(eris_${name} PRIVATE $<BUILD_INTERFACE:eris_flags> ${M_PRIVATE_DEPENDS})
    target_include_directories(eris_${name} PUBLIC
      "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
      "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/eris>")
  else()
    add_library(eris_${name} INTERFACE)
    set(scope INTERFACE)
    target_include_directories(eris_${name} INTERFACE
      "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
      "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/eris>")
  endif()
  target_link_libraries(eris_${name} ${scope} ${M_DEPENDS})
  add_library(eris::${name} ALIAS eris_${name})
  set_target_properties(eris_${name} PROPERTIES EXPORT_NAME ${name})
  set_property(GLOBAL APPEND PROPERTY ERIS_MODULES eris_${name})
  if(M_TESTS AND ERIS_BUILD_TESTS)
    eris_test(${name}_test SOURCES ${M_TESTS} DEPENDS eris_${name} ${M_TEST_DEPENDS})
  endif()
endfunction()

# eris_test(name SOURCES … DEPENDS … [LABELS …] [TIMEOUT seconds] [SERIAL])
function(eris_test name)
  cmake_parse_arguments(T "SERIAL" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  if(NOT ERIS_BUILD_TESTS)
    return()
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_executable(eris_${name} ${T_SOURCES})
  target_link_libraries(eris_${name} PRIVATE
    eris_flags ${T_DEPENDS} rapidcheck_gtest GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(eris_${name} PRIVATE
    ERIS_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ERIS_BINARY_DIR="${PROJECT_BINARY_DIR}")
  include(GoogleTest)
  # One seed for RapidCheck, so that a run of all the tests judges the commit and not the dice.
  set(properties TIMEOUT ${T_TIMEOUT} ENVIRONMENT RC_PARAMS=seed=20261121)
  if(T_LABELS)
    list(APPEND properties LABELS "${T_LABELS}")
  endif()
  if(T_SERIAL)
    list(APPEND properties RUN_SERIAL ON)
  endif()
  gtest_discover_tests(eris_${name} DISCOVERY_MODE PRE_TEST PROPERTIES ${properties})
endfunction()
