package dev.kiln.differential;

import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Filter;
import dev.kiln.plan.CompileOptions.Intent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads the command lines that [Order] draws.
final class Orders {
  private static final Map<String, Intent> INTENTS =
      Map.of(
          "build", Intent.BUILD,
          "check", Intent.CHECK,
          "test", Intent.TEST,
          "bench", Intent.BENCH,
          "doc", Intent.DOC,
          "run", Intent.RUN);

  private final List<String> words;

  private Orders(List<String> words) {
    this.words = words;
  }

  static CompileOptions parse(List<String> arguments) {
    var orders = new Orders(arguments);
    var intent = INTENTS.get(arguments.getFirst());
    return new CompileOptions(
        orders.has("--no-deps") ? Intent.DOC_WITHOUT_DEPS : intent,
        new CompileOptions.Packages(
            orders.after("-p"), orders.has("--workspace"), orders.after("--exclude")),
        new Filter(
            orders.has("--lib"),
            orders.names("--bins", "--bin="),
            orders.names("--examples", "--example="),
            orders.names("--tests", "--test="),
            orders.names("--benches", "--bench="),
            orders.has("--all-targets")),
        new CompileOptions.Features(
            orders.values("--features="),
            orders.has("--all-features"),
            orders.has("--no-default-features")),
        orders.after("--profile").stream().findFirst().orElse(null),
        orders.values("--target="),
        false);
  }

  private boolean has(String flag) {
    return words.contains(flag);
  }

  private List<String> after(String flag) {
    var values = new ArrayList<String>();
    for (int i = 1; i < words.size(); i++) {
      if (words.get(i - 1).equals(flag)) {
        values.add(words.get(i));
      }
    }
    return values;
  }

  private List<String> values(String prefix) {
    return words.stream()
        .filter(word -> word.startsWith(prefix))
        .map(word -> word.substring(prefix.length()))
        .toList();
  }

  private Filter.Names names(String all, String one) {
    return new Filter.Names(has(all), values(one));
  }
}
