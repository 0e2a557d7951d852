// Fontconfig keeps what it loaded for the figure's font until the process ends; LeakSanitizer asks here.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfontconfig\n";
}
