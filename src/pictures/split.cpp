// SPDX-License-Identifier: Apache-2.0
#include "catdog/pictures/split.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <system_error>
#include <utility>

#include "catdog/core/error.hpp"
#include "catdog/core/files.hpp"
#include "catdog/core/random.hpp"
#include "catdog/core/signals.hpp"
#include "split_counts.hpp"
#include "split_examine.hpp"
#include "split_layout.hpp"
#include "split_place.hpp"
#include "split_record.hpp"
#include "staging.hpp"

namespace catdog {
namespace {

// One class's pictures in the order in which they are taken.
struct Candidates {
  std::string name;
  std::vector<SourceImage> order;
  std::vector<Examined> examined;  // the first so many of `order`
  int64_t readable = 0;            // of those examined

  int64_t number() const { return static_cast<int64_t>(order.size()); }
  int64_t unreadable() const { return static_cast<int64_t>(examined.size()) - readable; }
  int64_t available() const { return number() - unreadable(); }
};

std::vector<Candidates> candidates_in(std::vector<SourceClass> found,
                                      const SplitOptions& options) {
  std::vector<Candidates> classes;
  for (SourceClass& one : found) {
    Candidates candidates{std::move(one.name), std::move(one.images), {}, 0};
    if (options.shuffle) {  // each class by itself: the subsets stay balanced
      const Rng rng(options.seed, Stream::split, static_cast<uint32_t>(classes.size()));
      std::vector<SourceImage> shuffled;
      for (const int64_t i : permutation(candidates.number(), rng)) {
        shuffled.push_back(std::move(candidates.order[static_cast<size_t>(i)]));
      }
      candidates.order = std::move(shuffled);
    }
    classes.push_back(std::move(candidates));
  }
  return classes;
}

// Throws for all classes that cannot fill their subsets at once.
void require_enough(const std::vector<Candidates>& classes, const SplitOptions& options) {
  std::string shortages;
  for (const Candidates& candidates : classes) {
    if (counts_for(candidates.available(), options)) continue;
    if (!shortages.empty()) shortages += "; ";
    shortages += "class " + shown(candidates.name) + ": needs ";
    if (options.fractions.empty()) {
      const Counts& counts = options.counts;
      shortages += std::to_string(total(counts)) + " pictures (" + std::to_string(counts[0]) +
                   " train + " + std::to_string(counts[1]) + " validation + " +
                   std::to_string(counts[2]) + " test)";
    } else {
      shortages += std::to_string(least_for(options)) +
                   " images at least, one for each subset with a fraction above 0";
    }
    shortages += ", " + shown(options.source) + " has " + std::to_string(candidates.available());
    if (candidates.unreadable() > 0) {
      shortages += " and " + std::to_string(candidates.unreadable()) + " unreadable";
    }
  }
  if (!shortages.empty()) throw DataError(shortages);
}

// Reads the pictures that will be used, and with `skip_bad` further ones for those unreadable.
void examine_candidates(std::vector<Candidates>& classes, const SplitOptions& options) {
  // Fractions are of the readable pictures: to skip some, all must be read.
  const bool take_all = options.skip_bad && !options.fractions.empty();
  for (;;) {
    std::vector<fs::path> files;
    std::vector<Candidates*> owners;
    for (Candidates& candidates : classes) {
      const int64_t number = candidates.number();
      const int64_t wanted = take_all ? number : total(*counts_for(number, options));
      const auto begin = static_cast<int64_t>(candidates.examined.size());
      const int64_t end = std::min(begin + wanted - candidates.readable, number);
      for (int64_t i = begin; i < end; ++i) {
        files.push_back(candidates.order[static_cast<size_t>(i)].file);
        owners.push_back(&candidates);
      }
    }
    std::vector<Examined> results = examine_pictures(files, options.limits);
    for (size_t i = 0; i < results.size(); ++i) {
      if (results[i].fault.empty()) ++owners[i]->readable;
      owners[i]->examined.push_back(std::move(results[i]));
    }
    if (files.empty() || take_all || !options.skip_bad) return;
  }
}

std::vector<SkippedPicture> unreadable_in(const std::vector<Candidates>& classes,
                                          const SplitOptions& options) {
  std::vector<SkippedPicture> unreadable;
  for (const Candidates& candidates : classes) {
    for (size_t i = 0; i < candidates.examined.size(); ++i) {
      const std::string& fault = candidates.examined[i].fault;
      if (fault.empty()) continue;
      unreadable.push_back({candidates.order[i].file.lexically_relative(options.source), fault});
    }
  }
  return unreadable;
}

[[noreturn]] void refuse_unreadable(const std::vector<SkippedPicture>& unreadable) {
  constexpr size_t kNamed = 20;
  std::string message =
      std::to_string(unreadable.size()) +
      (unreadable.size() == 1 ? " unreadable picture: " : " unreadable pictures: ");
  for (size_t i = 0; i < std::min(unreadable.size(), kNamed); ++i) {
    if (i > 0) message += "; ";
    message += shown(unreadable[i].file) + ": " + unreadable[i].reason;
  }
  if (unreadable.size() > kNamed) {
    message += "; and " + std::to_string(unreadable.size() - kNamed) + " more";
  }
  throw DataError(message + "; remove or mend them, or take the next ones with --skip-bad");
}

// The readable pictures of each class, dealt out in order: train, then validation, then test.
std::vector<SplitPicture> deal_out(const std::vector<Candidates>& classes,
                                   const SplitOptions& options, SplitResult& result) {
  std::array<std::vector<SplitPicture>, 3> subsets;
  for (const Candidates& candidates : classes) {
    const Counts counts = *counts_for(candidates.available(), options);
    size_t next = 0;
    for (size_t subset = 0; subset < counts.size(); ++subset) {
      for (int64_t left = counts[subset]; left > 0; ++next) {
        const Examined& examined = candidates.examined.at(next);
        if (!examined.fault.empty()) continue;
        const SourceImage& image = candidates.order[next];
        subsets[subset].push_back({fs::path(kSubsets[subset]) / candidates.name / image.name,
                                   image.file.lexically_relative(options.source), examined.bytes,
                                   examined.sha256});
        --left;
      }
    }
    result.classes.push_back(candidates.name);
    result.class_counts.push_back(counts);
    result.unused.push_back(candidates.available() - total(counts));
  }
  std::vector<SplitPicture> pictures;
  for (auto& subset : subsets)
    std::move(subset.begin(), subset.end(), std::back_inserter(pictures));
  return pictures;
}

std::vector<SharedPicture> shared_between_subsets(const std::vector<SplitPicture>& pictures) {
  std::map<std::string, std::vector<const SplitPicture*>> equals;
  for (const SplitPicture& picture : pictures) equals[picture.sha256].push_back(&picture);
  std::vector<SharedPicture> shared;
  for (const SplitPicture& picture : pictures) {
    const auto& group = equals[picture.sha256];
    // `pictures` goes subset by subset: a group within one has it at both ends.
    if (group.front() != &picture || *group.front()->name.begin() == *group.back()->name.begin()) {
      continue;
    }
    SharedPicture& entry = shared.emplace_back();
    for (const SplitPicture* equal : group) entry.files.push_back(equal->name.string());
  }
  return shared;
}

fs::path resolved(const fs::path& path) {
  const fs::path whole = fs::weakly_canonical(fs::absolute(path));
  return whole.has_filename() ? whole : whole.parent_path();  // "a/b/"
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

// Refuses what would mix new pictures with the source's, or replace those by themselves.
void refuse_overlap(const SplitOptions& options, const std::vector<Candidates>& classes) {
  const fs::path destination = resolved(options.destination);
  if (lies_in(destination, resolved(options.source))) {
    throw ConfigError(shown(options.destination) + " lies in the source " + shown(options.source) +
                      "; choose a destination outside it");
  }
  for (const Candidates& candidates : classes) {
    for (const SourceImage& image : candidates.order) {
      std::error_code ignored;  // a broken link lies nowhere
      const fs::path real = fs::canonical(image.file, ignored);
      const auto replaces = [&](const char* subset) { return lies_in(real, destination / subset); };
      if (std::any_of(kSubsets.begin(), kSubsets.end(), replaces)) {
        throw ConfigError(shown(image.file) + " lies in the split that would be replaced in " +
                          shown(options.destination) + "; choose another destination");
      }
    }
  }
}

}  // namespace

SplitResult split_pictures(const SplitOptions& options) {
  check_counts(options);
  LabelledSource source = find_labelled_images(options.source, options.merge);
  std::vector<Candidates> classes = candidates_in(std::move(source.classes), options);
  require_enough(classes, options);
  refuse_overlap(options, classes);
  Staging staging(options.destination, options.force);

  SplitResult result;
  result.layout = std::move(source.layout);
  result.not_taken = std::move(source.skipped);
  examine_candidates(classes, options);
  result.skipped = unreadable_in(classes, options);
  if (!result.skipped.empty() && !options.skip_bad) refuse_unreadable(result.skipped);
  require_enough(classes, options);
  const std::vector<SplitPicture> pictures = deal_out(classes, options, result);
  result.shared = shared_between_subsets(pictures);

  for (const SplitPicture& picture : pictures) {
    throw_if_interrupted();
    place_picture(options, picture, staging.folder());
  }
  write_file_atomically(staging.folder() / kSplitRecord, split_record(options, result, pictures),
                        FolderLink::refuse);
  throw_if_interrupted();
  staging.publish();
  return result;
}

}  // namespace catdog
