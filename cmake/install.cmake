# What `cmake --install` puts in place: the program; and for programs that build upon it the rooms core, models and plan,
# their headers below include/capplan, and the configuration that find_package(capplan) reads.
include(CMakePackageConfigHelpers)

install(TARGETS capplan RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(TARGETS capplan_core capplan_models capplan_plan EXPORT capplan
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
