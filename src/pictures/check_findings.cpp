// SPDX-License-Identifier: Apache-2.0
#include "check_findings.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "catdog/core/files.hpp"
#include "catdog/core/text.hpp"
#include "catdog/pictures/split.hpp"

namespace catdog {
namespace {

constexpr double kMuchLarger = 1.5;  // a class, than the smallest

FindingKind kind_of_fault(FaultKind kind) {
  switch (kind) {
    case FaultKind::unreadable: return FindingKind::unreadable;
    case FaultKind::no_picture: return FindingKind::no_picture;
    case FaultKind::absurd_size: return FindingKind::absurd_size;
    case FaultKind::damaged: return FindingKind::damaged;
  }
  return FindingKind::damaged;
}

// Pictures that belong together, by their indices.
using Group = std::vector<size_t>;

std::vector<std::string> names_of(const std::vector<ReadPicture>& pictures, const Group& group) {
  std::vector<std::string> names;
  for (const size_t i : group) names.push_back(pictures[i].name);
  std::sort(names.begin(), names.end());
  return names;
}

template <typename Property>
bool differ_in(const std::vector<ReadPicture>& pictures, const Group& group, Property property) {
  return std::any_of(group.begin(), group.end(), [&](size_t i) {
    return pictures[i].*property != pictures[group.front()].*property;
  });
}

// Groups of equal bytes, and of one.
std::vector<Group> equal_bytes(const std::vector<ReadPicture>& pictures) {
  std::map<std::string_view, Group> by_hash;
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (!pictures[i].error) by_hash[pictures[i].sha256].push_back(i);
  }
  std::vector<Group> groups;
  for (auto& [hash, group] : by_hash) groups.push_back(std::move(group));
  return groups;
}

// Joins what is connected, directly or through others (disjoint sets, with path halving).
class Joined {
 public:
  explicit Joined(size_t count) : parents_(count) {
    std::iota(parents_.begin(), parents_.end(), size_t{0});
  }
  size_t root(size_t i) {
    while (parents_[i] != i) i = parents_[i] = parents_[parents_[i]];
    return i;
  }
  void join(size_t a, size_t b) { parents_[root(b)] = root(a); }

 private:
  std::vector<size_t> parents_;
};

void find_near(const std::vector<ReadPicture>& pictures, const std::vector<Group>& equals,
               int near_bits, Findings& findings) {
  std::vector<const Group*> owners;
  std::vector<Fingerprint> fingerprints;
  for (const Group& group : equals) {
    const auto& print = pictures[group.front()].fingerprint;
    if (!print) continue;
    owners.push_back(&group);
    fingerprints.push_back(*print);
  }
  const std::vector<NearPair> pairs = near_pairs(fingerprints, near_bits);
  Joined joined(owners.size());
  for (const NearPair& pair : pairs) joined.join(pair.first, pair.second);
  struct Cluster {
    std::set<size_t> members;
    int bits = 0;  // of the farthest pair
  };
  std::map<size_t, Cluster> clusters;
  for (const NearPair& pair : pairs) {
    Cluster& cluster = clusters[joined.root(pair.first)];
    cluster.members.insert({pair.first, pair.second});
    cluster.bits = std::max(cluster.bits, pair.distance);
  }
  for (const auto& [root, cluster] : clusters) {
    Group all;
    for (const size_t member : cluster.members) {
      all.insert(all.end(), owners[member]->begin(), owners[member]->end());
    }
    const bool across = differ_in(pictures, all, &ReadPicture::subset);
    const bool labels = differ_in(pictures, all, &ReadPicture::label);
    findings.push_back({across ? FindingKind::near_shared : FindingKind::near,
                        names_of(pictures, all),
                        std::to_string(cluster.bits) + " of 256 bits differ" +
                            (labels ? ", and their classes do" : "")});
  }
}

void find_oddities(const ReadPicture& picture, int tiny_px, Findings& findings) {
  const PictureFacts& facts = picture.facts;
  const auto note = [&](bool is_so, FindingKind kind, const std::string& detail = "") {
    if (is_so) findings.push_back({kind, {picture.name}, detail});
  };
  note(!facts.ending_fits, FindingKind::wrong_ending, std::string("it is a ") + facts.format);
  note(facts.colours == Colours::grey, FindingKind::grey);
  note(facts.colours == Colours::cmyk, FindingKind::cmyk);
  note(facts.colours == Colours::alpha, FindingKind::alpha);
  note(facts.turned, FindingKind::turned);
  note(std::min(facts.size.width, facts.size.height) < tiny_px, FindingKind::tiny,
       std::to_string(facts.size.width) + "x" + std::to_string(facts.size.height));
}

// Of few classes all, of many the smallest and the largest.
std::string numbers_of(const std::vector<std::string>& names, const std::vector<int64_t>& counts) {
  constexpr size_t kFew = 5;
  const auto number = [&](size_t label) {
    return std::to_string(counts[label]) + " " + names[label];
  };
  if (names.size() > kFew) {
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    return "from " + number(static_cast<size_t>(least - counts.begin())) + " to " +
           number(static_cast<size_t>(most - counts.begin()));
  }
  std::vector<std::string> numbers;
  for (size_t label = 0; label < names.size(); ++label) numbers.push_back(number(label));
  return join_and(numbers);
}

}  // namespace

FindingText text_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::unreadable: return {"unreadable", "cannot be read"};
    case FindingKind::no_picture: return {"no-picture", "no picture"};
    case FindingKind::absurd_size: return {"absurd-size", "of absurd size"};
    case FindingKind::damaged: return {"damaged", "damaged or truncated"};
    case FindingKind::changed: return {"changed", "changed since the split"};
    case FindingKind::classes: return {"classes", "classes that do not fit"};
    case FindingKind::two_labels: return {"two-labels", "the same file in two classes"};
    case FindingKind::shared: return {"shared", "the same file in two subsets"};
    case FindingKind::near_shared: return {"near-shared", "near-duplicates in two subsets"};
    case FindingKind::repeated: return {"repeated", "the same file twice"};
    case FindingKind::near: return {"near", "near-duplicates"};
    case FindingKind::wrong_ending: return {"wrong-ending", "name of another format"};
    case FindingKind::not_taken: return {"not-taken", "not taken: no picture's name"};
    case FindingKind::missing: return {"missing", "in split.json, but not there"};
    case FindingKind::added: return {"added", "there, but not in split.json"};
    case FindingKind::unbalanced: return {"unbalanced", "unbalanced classes"};
    case FindingKind::grey: return {"grey", "grey"};
    case FindingKind::cmyk: return {"cmyk", "CMYK"};
    case FindingKind::alpha: return {"alpha", "with transparency, which is ignored"};
    case FindingKind::turned: return {"turned", "turned by EXIF, which is ignored"};
    case FindingKind::tiny: return {"tiny", "tiny"};
  }
  return {"", ""};
}

void find_faults(const std::vector<ReadPicture>& pictures, int tiny_px, Findings& findings) {
  for (const ReadPicture& picture : pictures) {
    if (picture.error) {
      findings.push_back(
          {kind_of_fault(picture.error->kind), {picture.name}, picture.error->fault});
    } else {
      find_oddities(picture, tiny_px, findings);
    }
  }
}

void find_duplicates(const std::vector<ReadPicture>& pictures, int near_bits, Findings& findings) {
  const std::vector<Group> equals = equal_bytes(pictures);
  for (const Group& group : equals) {
    if (group.size() == 1) continue;
    const bool labels = differ_in(pictures, group, &ReadPicture::label);
    const bool subsets = differ_in(pictures, group, &ReadPicture::subset);
    const std::vector<std::string> names = names_of(pictures, group);
    if (labels) findings.push_back({FindingKind::two_labels, names, ""});
    if (subsets) findings.push_back({FindingKind::shared, names, ""});
    if (!labels && !subsets) findings.push_back({FindingKind::repeated, names, ""});
  }
  if (near_bits >= 0) find_near(pictures, equals, near_bits, findings);
}

void find_class_faults(const CheckResult& result, Findings& findings) {
  const auto fault = [&](FindingKind kind, std::vector<std::string> where, std::string what) {
    findings.push_back({kind, std::move(where), std::move(what)});
  };
  std::vector<std::string> names;
  for (const std::string& name : result.classes) names.push_back(shown(name));
  if (names.size() < 2) {
    fault(FindingKind::classes, {}, "one class (" + join_and(names) + "), and two are needed");
  }
  for (const char* needed : {kSubsets[0], kSubsets[1]}) {
    const bool is_there = std::count(result.subsets.begin(), result.subsets.end(), needed) > 0;
    if (result.is_split && !is_there) fault(FindingKind::classes, {needed}, "there is none");
  }
  for (size_t subset = 0; subset < result.subsets.size(); ++subset) {
    const std::vector<int64_t>& counts = result.counts[subset];
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    for (size_t label = 0; label < counts.size(); ++label) {
      if (counts[label] > 0) continue;
      fault(FindingKind::classes, {result.subsets[subset] + "/" + result.classes[label]},
            "holds no picture");
    }
    if (*least == 0 || static_cast<double>(*most) <= kMuchLarger * static_cast<double>(*least)) {
      continue;
    }
    std::vector<std::string> where;
    if (result.is_split) where.push_back(result.subsets[subset]);
    fault(FindingKind::unbalanced, where, numbers_of(names, counts));
  }
}

void find_changes(const std::vector<ReadPicture>& pictures,
                  const std::map<std::string, std::string>& recorded, Findings& findings) {
  std::set<std::string> seen;
  for (const ReadPicture& picture : pictures) {
    seen.insert(picture.name);
    const auto entry = recorded.find(picture.name);
    if (entry == recorded.end()) {
      findings.push_back({FindingKind::added, {picture.name}, ""});
    } else if (!picture.sha256.empty() && picture.sha256 != entry->second) {
      findings.push_back(
          {FindingKind::changed, {picture.name}, "not the bytes that split.json has"});
    }
  }
  for (const auto& [name, hash] : recorded) {
    if (!seen.contains(name)) findings.push_back({FindingKind::missing, {name}, ""});
  }
}

}  // namespace catdog
