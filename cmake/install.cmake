# What `cmake --install` puts in place: the program with its completions and man page; and for programs that build upon
# it the rooms core, models and those of plan, their headers below include/capplan, and the configuration that
# find_package(capplan) reads.
include(CMakePackageConfigHelpers)

install(TARGETS capplan RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
get_property(rooms GLOBAL PROPERTY CAPPLAN_ROOMS)
list(REMOVE_ITEM rooms capplan_cli)
install(TARGETS ${rooms} capplan_plan EXPORT capplan
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/capplan COMPONENT development)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/capplan)
install(EXPORT capplan NAMESPACE capplan:: FILE capplan-targets.cmake DESTINATION ${package_folder}
        COMPONENT development)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/capplan-config.cmake.in
                              ${PROJECT_BINARY_DIR}/capplan-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/capplan-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/capplan-config.cmake ${PROJECT_BINARY_DIR}/capplan-config-version.cmake
        DESTINATION ${package_folder} COMPONENT development)

# What a shell needs of the program: completion scripts and the man page, which the program writes once it is built.
set(shell_folder ${PROJECT_BINARY_DIR}/shell)
file(MAKE_DIRECTORY ${shell_folder})
set(shell_files ${shell_folder}/capplan ${shell_folder}/_capplan ${shell_folder}/capplan.fish ${shell_folder}/capplan.1)
add_custom_command(OUTPUT ${shell_files} DEPENDS capplan VERBATIM COMMENT "Writing completions and the man page"
                   COMMAND capplan completion bash > ${shell_folder}/capplan
                   COMMAND capplan completion zsh > ${shell_folder}/_capplan
                   COMMAND capplan completion fish > ${shell_folder}/capplan.fish
                   COMMAND capplan help --man > ${shell_folder}/capplan.1)
add_custom_target(shell_files ALL DEPENDS ${shell_files})
install(FILES ${shell_folder}/capplan DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        COMPONENT program)
install(FILES ${shell_folder}/_capplan DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
        COMPONENT program)
install(FILES ${shell_folder}/capplan.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
        COMPONENT program)
install(FILES ${shell_folder}/capplan.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
