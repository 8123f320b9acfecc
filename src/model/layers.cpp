// SPDX-License-Identifier: Apache-2.0
#include "catdog/model/layers.hpp"

#include <spdlog/fmt/fmt.h>

#include <utility>

#include "catdog/core/error.hpp"

namespace catdog {
namespace {

using Kind = Layer::Kind;

// Adds layers one after another, each to what the one before it gives unless told otherwise.
class Builder {
 public:
  Builder(const ModelOptions& options, int image_size_px)
      : options_(options), image_size_px_(image_size_px) {}

  int last() const { return static_cast<int>(layers_.size()) - 1; }
  void go_on_from(int place) { from_ = place; }

  void convolution(std::string name, int64_t filters, int64_t kernel, int64_t stride,
                   int64_t padding) {
    const int64_t padded_px = side_px() + 2 * padding;
    add({.kind = Kind::convolution,
         .name = std::move(name),
         .inputs = {from_},
         .channels = filters,
         .side_px = padded_px < kernel ? 0 : (padded_px - kernel) / stride + 1,
         .kernel = kernel,
         .stride = stride,
         .padding = padding,
         .has_bias = options_.norm == ModelOptions::Norm::none});
    check_side();
  }

  // The name is the convolution's, with "_norm".
  void normalization() {
    if (options_.norm == ModelOptions::Norm::none) return;
    add(like_input(Kind::normalization, at(from_).name + "_norm"));
  }

  void relu() { add(like_input(Kind::relu)); }
  void max_pool() { add_pool(Kind::max_pool, "", side_px() / 2); }
  void average_pool(std::string name) {
    add_pool(Kind::average_pool, std::move(name), (side_px() + 1) / 2);
  }

  void skip(double share) {
    if (share == 0) return;
    add(like_input(Kind::skip));
    layers_.back().share = share;
  }

  void add_to(int other) {
    add(like_input(Kind::add));
    layers_.back().inputs.push_back(other);
  }

  void features(ModelOptions::Head head) {
    const bool all = head == ModelOptions::Head::flatten;
    add({.kind = all ? Kind::flatten : Kind::average,
         .name = "",
         .inputs = {from_},
         .channels = all ? channels() * side_px() * side_px() : channels(),
         .side_px = 0});
  }

  void dropout(double share) {
    if (share == 0) return;
    add(like_input(Kind::dropout, "dropout"));
    layers_.back().share = share;
  }

  void dense(std::string name, int64_t units) {
    add({.kind = Kind::dense,
         .name = std::move(name),
         .inputs = {from_},
         .channels = units,
         .side_px = 0,
         .has_bias = true});
  }

  int64_t channels() const { return from_ == kImages ? 3 : at(from_).channels; }
  int64_t side_px() const { return from_ == kImages ? image_size_px_ : at(from_).side_px; }
  Layers take() { return std::move(layers_); }

 private:
  const Layer& at(int place) const { return layers_[static_cast<size_t>(place)]; }

  // A layer whose result has the shape of what it is given.
  Layer like_input(Kind kind, std::string name = "") const {
    return {.kind = kind,
            .name = std::move(name),
            .inputs = {from_},
            .channels = channels(),
            .side_px = side_px()};
  }

  void add_pool(Kind kind, std::string name, int64_t side_px) {
    add({.kind = kind,
         .name = std::move(name),
         .inputs = {from_},
         .channels = channels(),
         .side_px = side_px,
         .kernel = 2,
         .stride = 2});
    check_side();
  }

  void add(Layer layer) {
    layers_.push_back(std::move(layer));
    from_ = last();
  }

  void check_side() const {
    if (side_px() >= 1) return;
    throw ConfigError(fmt::format(
        "pictures of {0}×{0} px are too small for the {1} stages of model.filters: a larger "
        "data.image_size and train.first_size, or fewer stages",
        image_size_px_, options_.filters.size()));
  }

  const ModelOptions& options_;
  const int image_size_px_;
  int from_ = kImages;
  Layers layers_;
};

void add_convnet(Builder& builder, const ModelOptions& options) {
  int number = 0;
  for (const int filters : options.filters) {
    for (int block = 0; block < options.blocks; ++block) {
      builder.convolution(fmt::format("conv{}", ++number), filters, 3, 1, 0);
      builder.normalization();
      builder.relu();
    }
    builder.max_pool();
  }
}

// Two convolutions beside a shortcut. Where the map shrinks, the shortcut takes means of 2×2
// pixels: He et al., "Bag of tricks for image classification", CVPR 2019, figure 2c.
void add_block(Builder& builder, const std::string& name, int64_t filters, int64_t stride,
               double skipped) {
  const int input = builder.last();
  int shortcut = input;
  if (stride != 1 || builder.channels() != filters) {
    if (stride != 1) builder.average_pool(name + "_pool");
    builder.convolution(name + "_shortcut", filters, 1, 1, 0);
    builder.normalization();
    shortcut = builder.last();
  }
  builder.go_on_from(input);
  builder.convolution(name + "_conv1", filters, 3, stride, 1);
  builder.normalization();
  builder.relu();
  builder.convolution(name + "_conv2", filters, 3, 1, 1);
  builder.normalization();
  builder.skip(skipped);
  builder.add_to(shortcut);
  builder.relu();
}

void add_resnet(Builder& builder, const ModelOptions& options) {
  builder.convolution("stem", options.filters.front(), 3, options.stem_stride, 1);
  builder.normalization();
  builder.relu();
  const auto stages = static_cast<int>(options.filters.size());
  for (int stage = 0; stage < stages; ++stage) {
    for (int block = 0; block < options.blocks; ++block) {
      // Rises evenly: Huang et al., "Deep networks with stochastic depth", ECCV 2016, section 3.
      const int number = stage * options.blocks + block + 1;
      const double skipped = options.stochastic_depth * number / (stages * options.blocks);
      add_block(builder, fmt::format("stage{}_block{}", stage + 1, block + 1),
                options.filters[static_cast<size_t>(stage)], stage > 0 && block == 0 ? 2 : 1,
                skipped);
    }
  }
}

}  // namespace

void apply_architecture(ModelOptions& options, ModelOptions::Architecture architecture) {
  options.architecture = architecture;
  if (architecture == ModelOptions::Architecture::convnet) return;
  options.filters = {32, 64, 128, 256, 512};
  options.norm = ModelOptions::Norm::batch;
  options.head = ModelOptions::Head::average;
  options.dense_units = 0;
  options.dropout = 0.3;
}

void ModelOptions::describe(OptionTable& table) {
  table.choice("architecture", architecture,
               {{"convnet", Architecture::convnet}, {"resnet", Architecture::resnet}},
               "convnet: stages of convolutions and max-pooling, the book's; resnet: residual "
               "blocks, with other defaults for the keys below");
  table.numbers("filters", filters, {1, 4096}, "filters of each stage's 3×3 convolutions");
  table.number("blocks", blocks, {1, 64},
               "of each stage: convolutions (convnet), or blocks of two (resnet)");
  table.number("stem_stride", stem_stride, {1, 2},
               "resnet: of the convolution before the first stage; 2 halves all maps");
  table.choice("norm", norm, {{"none", Norm::none}, {"batch", Norm::batch}},
               "batch normalisation behind each convolution, or none");
  table.choice("head", head, {{"flatten", Head::flatten}, {"average", Head::average}},
               "what the dense layers see: all features, or the mean of each map");
  table.number("dense_units", dense_units, {0, 65536},
               "units of the hidden dense layer; 0: no such layer");
  table.number("dropout", dropout, {0, 1, false, /*high_open=*/true},
               "share of the features before the dense layers zeroed in training; 0 for no "
               "dropout");
  table.number("stochastic_depth", stochastic_depth, {0, 1, false, /*high_open=*/true},
               "resnet: share of the pictures for which the last block is skipped in training; "
               "for those before it evenly less");
}

Layers layers_of(const ModelOptions& options, int image_size_px, int classes) {
  Builder builder(options, image_size_px);
  switch (options.architecture) {
    case ModelOptions::Architecture::convnet: add_convnet(builder, options); break;
    case ModelOptions::Architecture::resnet: add_resnet(builder, options); break;
  }
  builder.features(options.head);
  builder.dropout(options.dropout);
  if (options.dense_units > 0) {
    builder.dense("dense1", options.dense_units);
    builder.relu();
  }
  builder.dense(options.dense_units > 0 ? "dense2" : "dense1", classes == 2 ? 1 : classes);
  return builder.take();
}

MapSize input_size(const Layers& layers, const Layer& layer, int image_size_px, size_t i) {
  const int place = layer.inputs[i];
  if (place == kImages) return {3, image_size_px};
  const Layer& input = layers[static_cast<size_t>(place)];
  return {input.channels, input.side_px};
}

std::vector<WeightShape> weight_shapes(const Layers& layers, const Layer& layer,
                                       int image_size_px) {
  const int64_t inputs = input_size(layers, layer, image_size_px).channels;
  std::vector<WeightShape> shapes;
  switch (layer.kind) {
    case Kind::convolution:
      shapes.push_back({"weight", {layer.channels, inputs, layer.kernel, layer.kernel}});
      break;
    case Kind::dense: shapes.push_back({"weight", {layer.channels, inputs}}); break;
    case Kind::normalization:
      return {{"weight", {inputs}},
              {"bias", {inputs}},
              {"running_mean", {inputs}, /*is_trained=*/false},
              {"running_var", {inputs}, /*is_trained=*/false}};
    default: break;
  }
  if (layer.has_bias) shapes.push_back({"bias", {layer.channels}});
  return shapes;
}

int64_t multiply_adds(const Layers& layers, const Layer& layer, int image_size_px) {
  const int64_t inputs = input_size(layers, layer, image_size_px).channels;
  switch (layer.kind) {
    case Kind::convolution:
      return layer.side_px * layer.side_px * layer.channels * inputs * layer.kernel * layer.kernel;
    case Kind::dense: return layer.channels * inputs;
    default: return 0;
  }
}

}  // namespace catdog
