# Embeds src/store/sql/*.sql: each becomes one migration, in the order of their names (001_, 002_, ...), in a
# source file generated at configure time.
file(GLOB migration_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/sql/*.sql)
list(SORT migration_files)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${migration_files})

set(migrations "")
foreach(file ${migration_files})
  file(READ ${file} text)
  string(APPEND migrations "    R\"migration(${text})migration\",\n")
endforeach()
set(MIGRATIONS "${migrations}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/migrations.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/store/migrations.cpp @ONLY)
target_sources(calcinode_store PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/store/migrations.cpp)
