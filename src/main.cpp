// The command line, and nothing else.
#include <spdlog/fmt/fmt.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "app/analyze.hpp"
#include "app/check.hpp"
#include "app/discard_command.hpp"
#include "app/files.hpp"
#include "app/forget_command.hpp"
#include "app/healthcheck_command.hpp"
#include "app/judge_options.hpp"
#include "app/phantom_command.hpp"
#include "app/priors.hpp"
#include "app/reanalyze_command.hpp"
#include "app/resend_command.hpp"
#include "app/serve.hpp"
#include "app/status_command.hpp"

namespace {

using namespace calcinode;

struct PhantomArguments {
    std::filesystem::path folder;
    phantom::PhantomOptions options;
    std::vector<std::string> deposits;
};

void add_phantom(CLI::App& app, PhantomArguments& arguments) {
    auto& options = arguments.options;
    app.add_option("DIR", arguments.folder, "folder to write the study to")->required();
    app.add_option("--seed", options.seed, "another number is another person");
    app.add_option("--slip", options.slip_mm, "slip of C3 on C4, mm");
    app.add_option("--deposit", arguments.deposits,
                   "LEVEL:SITE:ML:HU, for example C4:facet_left:4:700; may be repeated");
    app.add_option("--date", options.study_date, "study date, YYYYMMDD");
    app.add_option("--patient-name", options.patient_name, "DICOM person name");
    app.add_option("--patient-id", options.patient_id, "patient ID");
}

int run_phantom(PhantomArguments& arguments) {
    for (const auto& text : arguments.deposits) {
        const auto deposit = phantom::parse_deposit(text);
        if (!deposit) {
            fmt::print(stderr, "calcinode: --deposit {}: {}\n", text, deposit.error().what);
            return app::exit_usage;
        }
        arguments.options.deposits.push_back(*deposit);
    }
    return app::phantom_command(arguments.options, arguments.folder);
}

struct AnalyzeArguments {
    std::vector<std::filesystem::path> paths;
    std::filesystem::path output, config;
    std::vector<std::filesystem::path> priors;
    int threads = 0;  // 0: those of the configuration
    bool figures = false;
};

int run_analyze(const AnalyzeArguments& arguments) {
    auto options = app::judge_options({});
    if (!arguments.config.empty()) {
        const auto configured = app::load_judge_options(arguments.config);
        if (!configured) return app::exit_usage;
        options = *configured;
    }
    if (arguments.threads > 0) options.analysis.threads = arguments.threads;
    options.figures = arguments.figures;
    if (!arguments.priors.empty()) {
        const auto files = app::regular_files(arguments.priors);
        if (!files) {
            fmt::print(stderr, "calcinode: --prior: {}\n", files.error().what);
            return app::exit_unreadable;
        }
        options.prior_of = [files = *files](const auto& study) {
            return app::FoundPrior{app::newest_prior(files, study)};
        };
    }
    return app::analyze(arguments.paths, arguments.output, options);
}

constexpr const char* config_file_text = "configuration file (TOML)";
constexpr const char* study_text = "only this study (Study Instance UID)";

CLI::App* add_status(CLI::App& app, app::StatusRequest& request) {
    auto* command = app.add_subcommand("status", "what the node is doing, what waits, and why");
    command->add_option("--config", request.config, config_file_text)->required();
    command->add_option("--study", request.study_uid, study_text);
    command->add_flag("--json", request.json, "as JSON");
    return command;
}

CLI::App* add_resend(CLI::App& app, app::ResendRequest& request) {
    auto* command = app.add_subcommand("resend", "sends results again that a PACS refused or lost");
    command->add_option("--config", request.config, config_file_text)->required();
    command->add_option("--study", request.study_uid, study_text);
    command->add_option("--destination", request.destination, "only to this one (its name)");
    command->add_flag("--parked", request.only_parked, "only what is parked");
    return command;
}

CLI::App* add_discard(CLI::App& app, app::DiscardRequest& request) {
    auto* command = app.add_subcommand(
        "discard", "gives up results that are parked, or whose destination is not configured any more");
    command->add_option("--config", request.config, config_file_text)->required();
    command->add_option("--study", request.study_uid, study_text);
    command->add_option("--destination", request.destination, "only for this one (its name)");
    return command;
}

// Of the commands that work on one study of a node.
struct StudyArguments {
    std::filesystem::path config;
    std::string study_uid;
};

CLI::App* add_study_command(CLI::App& app, const char* name, const char* text, StudyArguments& arguments) {
    auto* command = app.add_subcommand(name, text);
    command->add_option("--config", arguments.config, config_file_text)->required();
    command->add_option("--study", arguments.study_uid, "Study Instance UID")->required();
    return command;
}

int run(int argc, char** argv) {
    CLI::App app("Calcinode: looks for calcinosis around the spine on CT. Not a medical device.",
                 "calcinode");
    app.set_version_flag("--version", "calcinode " CALCINODE_VERSION);
    app.require_subcommand(1);

    std::filesystem::path serve_config, check_config;
    AnalyzeArguments analyze_arguments;
    PhantomArguments phantom_arguments;

    auto* serve = app.add_subcommand("serve", "the daemon: receive, analyse, deliver");
    serve->add_option("--config", serve_config, config_file_text)->required();
    auto* analyze = app.add_subcommand("analyze", "the same analysis and objects, offline, nothing sent");
    analyze->add_option("PATH", analyze_arguments.paths, "DICOM files, or folders to search")->required();
    analyze->add_option("--output", analyze_arguments.output, "folder for the results, one folder a study")
        ->required();
    analyze->add_option("--config", analyze_arguments.config,
                        "judge by this configuration file, as its daemon does");
    analyze->add_option(
        "--prior", analyze_arguments.priors,
        "sr.dcm of an earlier study of the same patient, or a folder with such: the newest is "
        "compared with");
    analyze->add_option("--threads", analyze_arguments.threads, "processors to use")
        ->check(CLI::Range(1, 256));
    analyze->add_flag("--figures", analyze_arguments.figures,
                      "also two pictures of the spine as it was found: canal, bodies, names");
    auto* phantom = app.add_subcommand("phantom", "writes a synthetic CT study for commissioning and tests");
    add_phantom(*phantom, phantom_arguments);
    auto* check = app.add_subcommand("check", "says what is wrong with a configuration, line by line");
    check->add_option("--config", check_config, config_file_text)->required();
    app::StatusRequest status_request;
    app::ResendRequest resend_request;
    app::DiscardRequest discard_request;
    StudyArguments reanalyze_arguments, forget_arguments;
    const auto* status = add_status(app, status_request);
    const auto* resend = add_resend(app, resend_request);
    const auto* discard = add_discard(app, discard_request);
    const auto* reanalyze = add_study_command(
        app, "reanalyze", "analyses a study again that was judged, or failed", reanalyze_arguments);
    const auto* forget = add_study_command(
        app, "forget", "removes a study's images, so that corrected ones may come", forget_arguments);

    std::filesystem::path healthcheck_config;
    auto* healthcheck =
        app.add_subcommand("healthcheck", "whether the daemon is well, for a container engine");
    healthcheck->add_option("--config", healthcheck_config, config_file_text)->required();

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : app::exit_usage;
    }
    if (serve->parsed()) return app::serve(serve_config);
    if (analyze->parsed()) return run_analyze(analyze_arguments);
    if (phantom->parsed()) return run_phantom(phantom_arguments);
    if (status->parsed()) return app::status(status_request);
    if (resend->parsed()) return app::resend(resend_request);
    if (discard->parsed()) return app::discard(discard_request);
    if (healthcheck->parsed()) return app::healthcheck(healthcheck_config);
    if (reanalyze->parsed()) return app::reanalyze(reanalyze_arguments.config, reanalyze_arguments.study_uid);
    if (forget->parsed()) return app::forget(forget_arguments.config, forget_arguments.study_uid);
    return app::check(check_config);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "calcinode: {}\n", error.what());
        return 1;
    }
}
