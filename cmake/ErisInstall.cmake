# cmake --install puts `eris`, its nodes, the libraries and the headers in place; find_package(eris)
# then gives eris::base, eris::model, eris::checkers, … to people who write their own adapters,
# workloads, faults or objects.
include(CMakePackageConfigHelpers)

get_property(ERIS_INSTALLED_MODULES GLOBAL PROPERTY ERIS_MODULES)
install(TARGETS ${ERIS_INSTALLED_MODULES} EXPORT eris_targets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}/eris")
foreach(program eris eris-raft eris-paxos eris-quorum)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  endif()
endforeach()
# The completion is made from the installed program itself, so that it never lags behind.
install(FILES docs/eris.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
if(TARGET eris)
  install(CODE "execute_process(
    COMMAND \"$<TARGET_FILE:eris>\" completion bash
    OUTPUT_FILE \"${PROJECT_BINARY_DIR}/eris.bash\" COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES "${PROJECT_BINARY_DIR}/eris.bash" RENAME eris
          DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
endif()
foreach(folder harness adapters checkers faults workloads reports)
  install(DIRECTORY "${folder}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/eris"
          FILES_MATCHING PATTERN "*.hpp"
          PATTERN "testing" EXCLUDE PATTERN "testdata" EXCLUDE PATTERN "cli" EXCLUDE)
endforeach()
install(EXPORT eris_targets NAMESPACE eris:: DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/eris")
configure_package_config_file(cmake/erisConfig.cmake.in "${PROJECT_BINARY_DIR}/erisConfig.cmake"
                              INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/eris")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/erisConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/erisConfig.cmake" "${PROJECT_BINARY_DIR}/erisConfigVersion.cmake"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/eris")
