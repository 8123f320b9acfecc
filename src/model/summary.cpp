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

using Kind = Layer::Kind;

// As Keras calls the layers, and their names before the number.
struct Names {
  const char *stem, *type;
};
Names names_of(Kind kind) {
  switch (kind) {
    case Kind::convolution: return {"conv2d", "Conv2D"};
    case Kind::normalization: return {"batch_normalization", "BatchNormalization"};
    case Kind::relu: return {"activation", "Activation"};
    case Kind::max_pool: return {"max_pooling2d", "MaxPooling2D"};
    case Kind::average_pool: return {"average_pooling2d", "AveragePooling2D"};
    case Kind::add: return {"add", "Add"};
    case Kind::skip: return {"stochastic_depth", "StochasticDepth"};  // Keras has none
    case Kind::average: return {"global_average_pooling2d", "GlobalAveragePooling2D"};
    case Kind::flatten: return {"flatten", "Flatten"};
    case Kind::dropout: return {"dropout", "Dropout"};
    case Kind::dense: break;
  }
  return {"dense", "Dense"};
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
  void add(const Layers& layers, const Layer& layer, int image_size_px) {
    const Names names = names_of(layer.kind);
    LayerSummary summary = {.name = fmt::format("{}_{}", names.stem, ++count_[names.stem]),
                            .type = names.type,
                            .output_shape = {layer.channels},
                            .parameters = 0,
                            .not_trained = 0,
                            .multiply_adds = multiply_adds(layers, layer, image_size_px)};
    if (layer.side_px > 0) summary.output_shape = {layer.side_px, layer.side_px, layer.channels};
    for (const WeightShape& weight : weight_shapes(layers, layer, image_size_px)) {
      int64_t count = 1;
      for (const int64_t length : weight.shape) count *= length;
      summary.parameters += count;
      summary.not_trained += weight.is_trained ? 0 : count;
    }
    layers_.push_back(std::move(summary));
  }
  std::vector<LayerSummary> take() { return std::move(layers_); }

 private:
  std::vector<LayerSummary> layers_;
  std::map<std::string, int> count_;
};

}  // namespace

std::vector<LayerSummary> summarize(const NetworkImpl& net) {
  LayerList list;
  const Layers& layers = net.layers();
  for (const Layer& layer : layers) {
    const auto kind = [&](size_t i) {
      return layer.inputs[i] == kImages ? Kind::flatten
                                        : layers[static_cast<size_t>(layer.inputs[i])].kind;
    };
    if (layer.kind == Kind::relu && (kind(0) == Kind::convolution || kind(0) == Kind::dense)) {
      continue;
    }
    list.add(layers, layer, net.image_size_px());
  }
  return list.take();
}

std::string keras_table(const std::vector<LayerSummary>& layers) {
  const std::string thin = std::string(kWidth, '_') + "\n", thick = std::string(kWidth, '=') + "\n";
  std::string table = thin + table_row({"Layer (type)", "Output Shape", "Param #"}) + thick;
  int64_t total = 0, not_trained = 0;
  for (size_t i = 0; i < layers.size(); ++i) {
    const LayerSummary& layer = layers[i];
    table += table_row({fmt::format("{} ({})", layer.name, layer.type),
                        fmt::format("(None, {})", fmt::join(layer.output_shape, ", ")),
                        std::to_string(layer.parameters)});
    table += i + 1 < layers.size() ? thin : thick;
    total += layer.parameters;
    not_trained += layer.not_trained;
  }
  table += fmt::format("Total params: {}\nTrainable params: {}\nNon-trainable params: {}\n",
                       with_thousands(total), with_thousands(total - not_trained),
                       with_thousands(not_trained));
  return table + thin;
}

}  // namespace catdog
