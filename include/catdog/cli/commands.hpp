// SPDX-License-Identifier: Apache-2.0
// The commands, one file each: an options struct, setup_<name>, which adds the command to the
// program, and run_<name>, which carries it out. All throw the exceptions of core/error.hpp.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catdog/cli/config_flags.hpp"
#include "catdog/cli/examples.hpp"
#include "catdog/cli/model_flags.hpp"
#include "catdog/pictures/check.hpp"
#include "catdog/pictures/split.hpp"
#include "catdog/pictures/synth.hpp"
#include "catdog/report/run_report.hpp"

namespace catdog {

// Adds everything that stands below, and the flags without a command.
void setup_program(CLI::App& app);

void setup_synth(CLI::App& app);
void run_synth(const SynthOptions& options);

void setup_split(CLI::App& app);
void run_split(const SplitOptions& options);

struct CheckCommand {
  CheckOptions check = {};
  bool json = false;
};
void setup_check(CLI::App& app);
void run_check(const CheckCommand& options);

struct SummaryCommand {
  ConfigFlags config;
  int classes = 2;
};
void setup_summary(CLI::App& app);
void run_summary(const SummaryCommand& options);

struct PreviewCommand {
  ConfigFlags config;
  std::filesystem::path pictures;  // a picture, or a folder of pictures
  std::filesystem::path output = "preview.png";
  int count = 4;  // variations of each picture
};
void setup_preview(CLI::App& app);
void run_preview(const PreviewCommand& options);

struct TrainCommand {
  ConfigFlags config;
  std::string name;  // of the run; empty: the config's name
  std::filesystem::path runs = "runs";
  std::filesystem::path resume;  // a run's folder; empty: a new run
  bool force_resume = false;
  std::string checkpoint_every = "5min";  // see SaveSchedule
  std::string max_time;
  int seeds = 1;  // runs, with as many seeds
  int folds = 0;  // runs of a cross-validation; 0: none
  bool print_config = false;
  bool help_config = false;
};
void setup_train(CLI::App& app);
void run_train(const TrainCommand& options);

struct EvalCommand {
  std::vector<std::filesystem::path> files;    // the model, or several to be judged together
  std::vector<std::filesystem::path> compare;  // or two models to compare; else empty
  std::filesystem::path data;                  // empty: the folder that the model was trained on
  std::string split = "test";
  ModelFlags model;
  std::filesystem::path predictions;  // CSV file to write; empty: none
  std::optional<double> min_accuracy;
  bool json = false;
};
void setup_eval(CLI::App& app);
void run_eval(const EvalCommand& options);

struct PredictCommand {
  std::filesystem::path file;                // the model
  std::vector<std::filesystem::path> paths;  // pictures, folders, or "-" for a list on stdin
  bool null_separated = false;               // that list
  ModelFlags model;
  std::string threshold = "0.5";  // or "best"
  bool calibrated = false;
  int top = 1;
  bool csv = false;
  bool json = false;
  std::filesystem::path sort_into;  // a new folder; empty: none
  std::filesystem::path explain;    // the same
};
void setup_predict(CLI::App& app);
void run_predict(const PredictCommand& options);

struct ExportCommand {
  std::filesystem::path model;
  std::string format;            // see export_format_names()
  std::filesystem::path output;  // empty: beside the model file
  bool json = false;
};
void setup_export(CLI::App& app);
void run_export(const ExportCommand& options);

struct ReportCommand {
  std::vector<std::filesystem::path> runs;
  std::filesystem::path output;  // empty: report.html, in the one run's folder or in this one
  ReportOptions report = {};
};
void setup_report(CLI::App& app);
void run_report(const ReportCommand& options);

struct RunsCommand {
  std::filesystem::path folder = "runs";
  bool json = false;
};
void setup_runs(CLI::App& app);
void run_runs(const RunsCommand& options);

struct BenchCommand {
  ConfigFlags config = {.config = "augment", .settings = {}};
  std::filesystem::path data;     // empty: pictures drawn for the purpose
  std::vector<std::string> only;  // of Bench::parts(); empty: all
  int rounds = 5;
  bool paced = false;
  bool json = false;
};
void setup_bench(CLI::App& app);
void run_bench(const BenchCommand& options);

struct DoctorCommand {
  bool no_speed = false;
  bool json = false;
};
void setup_doctor(CLI::App& app);
void run_doctor(const DoctorCommand& options);

// These two tell of the program itself, all its commands.
struct CompletionCommand {
  std::string shell;
};
void setup_completion(CLI::App& program);
void run_completion(const CLI::App& program, const CompletionCommand& options);

void setup_man(CLI::App& program);
void run_man(const CLI::App& program);

}  // namespace catdog
