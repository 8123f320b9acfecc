// SPDX-License-Identifier: Apache-2.0
// The flags of commands that use a trained model, and the one way from them to a model that is
// ready.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "catdog/cli/config_flags.hpp"
#include "catdog/data/row_pool.hpp"
#include "catdog/train/inference.hpp"
#include "catdog/train/trained_model.hpp"

namespace catdog {

struct ModelFlags {
  std::string device = "auto";
  ConfigFlags settings = {};  // over the config that the model was trained with
  int workers = kWorkerPerCore;
  int threads = 0;      // of LibTorch; 0: one a core
  bool mirror = false;  // see view_of
};

// Adds --device, --precision, --workers, --threads, --decode-mb and --tta.
void add_model_flags(CLI::App& command, ModelFlags& flags);

// As --tta asks for.
View view_of(const ModelFlags& flags);

// Sets up what all models of the process share, threads and arithmetic, and returns the device.
// Throws ConfigError.
torch::Device prepare_device(const ModelFlags& flags);

// The model on its device, with the precision that was asked for. Throws ConfigError, ModelError.
TrainedModel open_model(const std::filesystem::path& file, const ModelFlags& flags,
                        torch::Device device);

}  // namespace catdog
