package dev.kiln.cli;

import java.util.ArrayList;
import java.util.List;

/// One option of a command line: its names (the long one last), how often and with what it may be
/// given, and its line in the help.
///
/// `label` is clap's value name, empty for a switch; `group` is the heading in the help.
record Flag(List<String> names, Arity arity, String label, String about, String group) {

  /// How an option takes values.
  enum Arity {
    /// No value, at most once.
    SWITCH,
    /// No value, counted.
    COUNT,
    /// One value, at most once.
    VALUE,
    /// One value each time.
    VALUES,
    /// One value each time or none, which commands report in Cargo's words.
    OPTIONAL_VALUES,
    /// A value only with `=`, at most once.
    ATTACHED_VALUE
  }

  static final String GENERAL = "Options";

  Flag {
    names = List.copyOf(names);
  }

  static Flag of(Arity arity, String names, String label, String about) {
    return new Flag(split(names), arity, label, about, GENERAL);
  }

  /// Splits `-q, --quiet`, without the regular expression that [String#split] would need.
  private static List<String> split(String names) {
    var comma = names.indexOf(", ");
    if (comma < 0) {
      return List.of(names);
    }
    var all = new ArrayList<String>();
    all.add(names.substring(0, comma));
    all.addAll(split(names.substring(comma + 2)));
    return all;
  }

  static Flag switched(String names, String about) {
    return of(Arity.SWITCH, names, "", about);
  }

  static Flag valued(String names, String label, String about) {
    return of(Arity.VALUE, names, label, about);
  }

  Flag in(String heading) {
    return new Flag(names, arity, label, about, heading);
  }

  /// Returns the name that messages use.
  String longName() {
    return names.getLast();
  }

  /// Answers whether it may be given more than once.
  boolean isRepeated() {
    return arity == Arity.VALUES || arity == Arity.OPTIONAL_VALUES || arity == Arity.COUNT;
  }

  boolean takesValue() {
    return arity != Arity.SWITCH && arity != Arity.COUNT;
  }

  /// Returns the option as clap shows it in messages: `--features <FEATURES>`.
  String shown() {
    return longName() + shownLabel();
  }

  String shownLabel() {
    return switch (arity) {
      case SWITCH, COUNT -> "";
      case VALUE, VALUES -> " <" + label + ">";
      case OPTIONAL_VALUES -> " [<" + label + ">]";
      case ATTACHED_VALUE -> "[=<" + label + ">]";
    };
  }
}
