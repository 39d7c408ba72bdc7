package dev.kiln.report;

/// The colours of Cargo's own words, and taking them out of others'.
final class Ansi {
  private static final String ESCAPE = "\u001b\\[[0-9;]*[A-Za-z]";
  private static final String BOLD = "\u001b[1m";
  private static final String RESET = "\u001b[0m";

  /// What a word says.
  enum Tone {
    GOOD("\u001b[92m"),
    WARNING("\u001b[93m"),
    ERROR("\u001b[91m"),
    NOTE("\u001b[96m");

    private final String code;

    Tone(String code) {
      this.code = code;
    }
  }

  private final boolean coloured;

  Ansi(boolean coloured) {
    this.coloured = coloured;
  }

  /// Returns a word, bold and in its colour where there are colours.
  String bold(Tone tone, String word) {
    return coloured ? BOLD + tone.code + word + RESET : word;
  }

  /// Returns what somebody else rendered with colours, without them where there are none.
  String foreign(String text) {
    return coloured ? text : strip(text);
  }

  static String strip(String text) {
    return text.indexOf('\u001b') < 0 ? text : text.replaceAll(ESCAPE, "");
  }
}
