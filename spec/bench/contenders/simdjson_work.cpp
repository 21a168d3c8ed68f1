// simdjson_work WORK FILE ORDER PASSES: reads three fields of each row with simdjson's On-Demand.
//   WORK   read: touches the fields; fold: sums amount by product and region
//   FILE   NDJSON, or one array where its name ends in .json
//   ORDER  find: find_field, each after the one before, as regular rows have them
//          any: find_field_unordered; each: one loop over the members of a row
// Prints the fewest CPU seconds of a pass, the file being in memory, and what it found.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <simdjson.h>

#include "group_sums.hpp"

using namespace simdjson;

namespace {

constexpr Key nothing = {{}, true};

struct Row {
  Key product = nothing;
  Key region = nothing;
  double amount = 0;
};

// What is read must not be optimised away.
struct Touched {
  uint64_t rows = 0;
  uint64_t bytes = 0;
  double total = 0;

  void add(const Row &row) {
    rows += 1;
    bytes += row.product.text.size() + row.region.text.size();
    total += row.amount;
  }
};

struct Folded {
  GroupSums sums;

  void add(const Row &row) {
    sums.add(row.product, row.region, row.amount);
  }
};

Key text_of(ondemand::value value) {
  if (value.is_null()) {
    return nothing;
  }
  return {value.get_string().value(), false};
}

double number_of(ondemand::value value) {
  return value.is_null() ? 0 : value.get_double().value();
}

struct Find {
  static Row row(ondemand::object object) {
    Row row;
    row.amount = object.find_field("amount").get_double().value();
    row.product = {object.find_field("product").get_string().value(), false};
    row.region = {object.find_field("region").get_string().value(), false};
    return row;
  }
};

struct Any {
  static Row row(ondemand::object object) {
    Row row;
    ondemand::value value;
    if (!object.find_field_unordered("amount").get(value)) {
      row.amount = number_of(value);
    }
    if (!object.find_field_unordered("product").get(value)) {
      row.product = text_of(value);
    }
    if (!object.find_field_unordered("region").get(value)) {
      row.region = text_of(value);
    }
    return row;
  }
};

struct Each {
  static Row row(ondemand::object object) {
    Row row;
    int found = 0;
    for (auto member : object) {
      ondemand::field field;
      if (const error_code failure = std::move(member).get(field)) {
        throw simdjson_error(failure);
      }
      const ondemand::raw_json_string key = field.key();
      if (key.unsafe_is_equal("amount")) {
        row.amount = number_of(field.value());
        found += 1;
      } else if (key.unsafe_is_equal("product")) {
        row.product = text_of(field.value());
        found += 1;
      } else if (key.unsafe_is_equal("region")) {
        row.region = text_of(field.value());
        found += 1;
      }
      if (found == 3) {
        break; // skipping the rest at once is faster
      }
    }
    return row;
  }
};

bool is_array;

// Tried from 32 kB to 4 MB: this one is the fastest by a few percent.
size_t batch_size = 256000;

template <class Fields, class Sink>
void pass(ondemand::parser &parser, const padded_string &text, Sink &sink) {
  if (is_array) {
    ondemand::document document = parser.iterate(text);
    for (auto element : document.get_array()) {
      sink.add(Fields::row(element.get_object()));
    }
    return;
  }
  ondemand::document_stream stream = parser.iterate_many(text, batch_size);
  for (auto document : stream) {
    sink.add(Fields::row(document.get_object()));
  }
  if (stream.truncated_bytes() != 0) {
    std::fprintf(stderr, "simdjson left %zu bytes\n", stream.truncated_bytes());
    std::exit(1);
  }
}

double now() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void print(const Touched &touched) {
  std::printf("rows\t%lu\ntotal\t%.17g\n", touched.rows, touched.total);
}

void print_key(const std::string &text, bool is_missing) {
  std::putchar('\t');
  if (is_missing) {
    std::putchar('-');
  }
  for (const char c : text) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.';
    std::printf(is_plain ? "%c" : "%%%02X", static_cast<unsigned char>(c));
  }
}

void print(const Folded &folded) {
  for (const Group &group : folded.sums.all()) {
    std::printf("group");
    print_key(group.texts[0], group.missing[0]);
    print_key(group.texts[1], group.missing[1]);
    std::printf("\t%lu\t%.17g\n", group.count, group.sum);
  }
}

// The inlined half of On-Demand is of the -march that this was compiled with. The library would
// take the best that the machine has for the other half, whatever that was.
void choose_implementation() {
  const char *const name = SIMDJSON_STRINGIFY(SIMDJSON_BUILTIN_IMPLEMENTATION);
  const implementation *const found = get_available_implementations()[name];
  if (!found || !found->supported_by_runtime_system()) {
    std::fprintf(stderr, "simdjson: this machine or library has no %s\n", name);
    std::exit(3);
  }
  get_active_implementation() = found;
  std::printf("note\tsimdjson %d.%d.%d On-Demand, %s\n", SIMDJSON_VERSION_MAJOR,
              SIMDJSON_VERSION_MINOR, SIMDJSON_VERSION_REVISION,
              get_active_implementation()->name().c_str());
}

template <class Fields, class Sink> void run(const padded_string &text, int passes) {
  // As its documentation asks, one parser for all: only the first pass allocates.
  ondemand::parser parser;
  double seconds = 1e9;
  for (int i = 0; i < passes; i += 1) {
    Sink sink;
    const double start = now();
    pass<Fields>(parser, text, sink);
    seconds = std::min(seconds, now() - start);
    if (i == passes - 1) {
      print(sink);
    }
  }
  std::printf("seconds\t%.9f\n", seconds);
}

template <class Sink> void run_in(std::string_view order, const padded_string &text, int passes) {
  if (order == "find") {
    run<Find, Sink>(text, passes);
  } else if (order == "any") {
    run<Any, Sink>(text, passes);
  } else {
    run<Each, Sink>(text, passes);
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 5) {
    std::fputs("usage: simdjson_work WORK FILE ORDER PASSES\n", stderr);
    return 2;
  }
  const std::string_view work = argv[1], file = argv[2], order = argv[3];
  is_array = file.size() > 5 && file.substr(file.size() - 5) == ".json";
  if (const char *size = std::getenv("BATCH_SIZE")) {
    batch_size = std::strtoul(size, nullptr, 10);
  }
  try {
    const padded_string text = padded_string::load(file);
    choose_implementation();
    if (work == "fold") {
      run_in<Folded>(order, text, std::atoi(argv[4]));
    } else {
      run_in<Touched>(order, text, std::atoi(argv[4]));
    }
  } catch (const simdjson_error &error) {
    std::fprintf(stderr, "simdjson: %s\n", error.what());
    return 1;
  }
  return 0;
}
