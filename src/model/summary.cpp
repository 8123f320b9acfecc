// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/summary.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include <map>

#include "catdog/core/text.hpp"

namespace catdog {
namespace {

constexpr size_t kWidth = 65;
constexpr size_t kColumnEnds[] = {29, 55, 65};  // Keras: int(65 * [.45, .85, 1])

int64_t parameter_count(const torch::nn::Module& module) {
  int64_t count = 0;
  for (const auto& parameter : module.parameters()) count += parameter.numel();
  return count;
}

// Keras's print_row: each field after the first overwrites the last character before it by a
// blank, and is cut and padded to the end of its column.
std::string table_row(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line.back() = ' ';
    line += fields[i];
    line.resize(kColumnEnds[i], ' ');
  }
  return line + "\n";
}

// Collects layers and numbers their names by type, as a fresh Keras process does.
class LayerList {
 public:
  void add(const std::string& stem, const std::string& type, std::vector<int64_t> shape,
           int64_t parameters = 0, int64_t multiply_adds = 0) {
    layers_.push_back({fmt::format("{}_{}", stem, ++count_[stem]), type, std::move(shape),
                       parameters, multiply_adds});
  }
  std::vector<LayerSummary> take() { return std::move(layers_); }

 private:
  std::vector<LayerSummary> layers_;
  std::map<std::string, int> count_;
};

}  // namespace

std::vector<LayerSummary> summarize(const ConvNetImpl& net) {
  LayerList list;
  int64_t side_px = net.image_size_px(), channels = 3;
  for (const auto& convolution : net.convolutions()) {
    side_px -= 2;
    channels = convolution->options.out_channels();
    list.add("conv2d", "Conv2D", {side_px, side_px, channels}, parameter_count(*convolution),
             side_px * side_px * convolution->weight.numel());
    side_px /= 2;
    list.add("max_pooling2d", "MaxPooling2D", {side_px, side_px, channels});
  }
  list.add("flatten", "Flatten", {side_px * side_px * channels});
  if (net.options().dropout > 0) list.add("dropout", "Dropout", {side_px * side_px * channels});
  for (const auto& dense : net.dense_layers()) {
    list.add("dense", "Dense", {dense->options.out_features()}, parameter_count(*dense),
             dense->weight.numel());
  }
  return list.take();
}

std::string keras_table(const std::vector<LayerSummary>& layers) {
  const std::string thin = std::string(kWidth, '_') + "\n", thick = std::string(kWidth, '=') + "\n";
  std::string table = thin + table_row({"Layer (type)", "Output Shape", "Param #"}) + thick;
  int64_t total = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    const LayerSummary& layer = layers[i];
    table += table_row({fmt::format("{} ({})", layer.name, layer.type),
                        fmt::format("(None, {})", fmt::join(layer.output_shape, ", ")),
                        std::to_string(layer.parameters)});
    table += i + 1 < layers.size() ? thin : thick;
    total += layer.parameters;
  }
  table += fmt::format("Total params: {0}\nTrainable params: {0}\nNon-trainable params: 0\n",
                       with_thousands(total));
  return table + thin;
}

}  // namespace catdog
