# What `cmake --install` puts beside the program: the unit, its user and folder, configuration, documents.
# The configuration's folder is absolute, whatever the prefix: it is where the unit looks.
set(CALCINODE_CONFIG_DIR /etc/calcinode CACHE PATH "Folder of calcinode.toml")

# The unit names the program's place, and that is known only at the installation (cmake --install --prefix).
install(CODE "
  set(bin \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
  set(doc \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}\")
  set(config \"${CALCINODE_CONFIG_DIR}\")
  set(unit \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/systemd/system/calcinode.service\")
  message(STATUS \"Installing: \${unit}\")
  configure_file(\"${PROJECT_SOURCE_DIR}/systemd/calcinode.service.in\" \"\${unit}\" @ONLY)
")
install(FILES systemd/calcinode.sysusers.conf DESTINATION lib/sysusers.d RENAME calcinode.conf)
install(FILES systemd/calcinode.tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME calcinode.conf)

# An administrator's file is never overwritten: where there is one, the new sample goes beside it.
install(CODE "
  set(sample \"${PROJECT_SOURCE_DIR}/config/calcinode.toml\")
  set(target \"\$ENV{DESTDIR}${CALCINODE_CONFIG_DIR}/calcinode.toml\")
  if(EXISTS \"\${target}\")
    file(SHA256 \"\${target}\" there)
    file(SHA256 \"\${sample}\" fresh)
    if(NOT there STREQUAL fresh)
      set(target \"\${target}.new\")
    endif()
  endif()
  message(STATUS \"Installing: \${target}\")
  configure_file(\"\${sample}\" \"\${target}\" COPYONLY)
")
install(DIRECTORY config/orthanc DESTINATION ${CALCINODE_CONFIG_DIR})
install(FILES README.md CONFORMANCE.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
