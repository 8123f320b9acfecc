// SPDX-License-Identifier: Apache-2.0
// Writes what fuzz_model begins with, a model file and a checkpoint of the smallest network, each
// without the digest at its end: make_model_corpus FOLDER.
#include <filesystem>
#include <fstream>

#include "catdog/train/checkpoint.hpp"
#include "catdog/train/trained_model.hpp"

using namespace catdog;

int main(int, char** argv) {
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const Archive& archive) {
    const std::string bytes = pack_archive(archive);
    constexpr size_t kDigest = 14 + 64;
    std::ofstream(folder / name, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size() - kDigest));
  };
  Config config;
  config.data.image_size = 4;
  config.model = {.filters = {1}, .dense_units = 1, .dropout = 0};
  const TrainedModel model = {.net = Network(config.model, config.data.image_size),
                              .classes = {"a", "b"},
                              .config = config,
                              .training = {{"epoch", 1}}};
  write("model", to_archive(model));
  write("checkpoint", to_archive(Checkpoint{.config = config,
                                            .classes = model.classes,
                                            .pictures = Json::object(),
                                            .environment = Json::object(),
                                            .position = {.epochs = 1, .steps_done = 3},
                                            .tensors = {{"sums", torch::zeros(2)}},
                                            .history = {EpochResult{.epoch = 1}},
                                            .best = to_archive(model)}));
}
