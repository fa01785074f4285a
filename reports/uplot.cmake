# Finds uPlot in the build tree, or brings it there through npm. Sets ERIS_UPLOT_DIR.
# Nothing of it is committed: reports/assets/package.json names the version.
set(npm_prefix "${CMAKE_BINARY_DIR}/npm")
set(ERIS_UPLOT_DIR "${npm_prefix}/node_modules/uplot")
set(uplot_files dist/uPlot.iife.min.js dist/uPlot.min.css LICENSE)

function(uplot_is_complete result)
  set(${result} TRUE PARENT_SCOPE)
  foreach(file IN LISTS uplot_files)
    if(NOT EXISTS "${ERIS_UPLOT_DIR}/${file}")
      set(${result} FALSE PARENT_SCOPE)
    endif()
  endforeach()
endfunction()

uplot_is_complete(complete)
if(NOT complete)
  find_program(ERIS_NPM npm)
  if(NOT ERIS_NPM)
    message(FATAL_ERROR "npm is missing, and the HTML report needs it once to bring uPlot (a plotting library) "
      "into the build tree. Install it (Debian: apt-get install npm), or put uPlot 1.6.32 into ${ERIS_UPLOT_DIR}.")
  endif()
  file(MAKE_DIRECTORY "${npm_prefix}")
  configure_file("${CMAKE_CURRENT_LIST_DIR}/assets/package.json" "${npm_prefix}/package.json" COPYONLY)
  message(STATUS "Bringing uPlot into ${npm_prefix} with npm")
  execute_process(
    COMMAND "${ERIS_NPM}" install --no-save --no-package-lock --ignore-scripts --no-audit --no-fund
            --prefix "${npm_prefix}"
    WORKING_DIRECTORY "${npm_prefix}" TIMEOUT 120
    RESULT_VARIABLE npm_result OUTPUT_VARIABLE npm_output ERROR_VARIABLE npm_output)
  uplot_is_complete(complete)
  if(NOT npm_result EQUAL 0 OR NOT complete)
    message(FATAL_ERROR "npm could not bring uPlot (result: ${npm_result}). Is the npm registry reachable from "
      "here? What npm said:\n${npm_output}\nWithout a network, put uPlot 1.6.32 into ${ERIS_UPLOT_DIR}.")
  endif()
endif()
