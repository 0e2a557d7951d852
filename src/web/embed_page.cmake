# Builds the dashboard's files into the program: a source file generated at configure time.
foreach(asset "PAGE page/index.html" "SCRIPT page/page.js" "STYLE page/page.css" "ICON page/icon.svg"
        "OPENAPI openapi.json")
  separate_arguments(asset)
  list(GET asset 0 name)
  list(GET asset 1 file)
  file(READ ${CMAKE_CURRENT_LIST_DIR}/${file} ${name})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/${file})
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/assets.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/web/assets.cpp @ONLY)
target_sources(calcinode_web PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/web/assets.cpp)
