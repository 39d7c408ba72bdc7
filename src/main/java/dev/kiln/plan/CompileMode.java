package dev.kiln.plan;

/// What is done with a unit's target (Cargo: CompileMode), with the unit graph's words.
public enum CompileMode {
  BUILD("build"),
  CHECK("check"),
  CHECK_TEST("check"),
  TEST("test"),
  DOC("doc"),
  DOCTEST("doctest"),
  DOCSCRAPE("docscrape"),
  RUN_CUSTOM_BUILD("run-custom-build");

  private final String word;

  CompileMode(String word) {
    this.word = word;
  }

  /// Returns the word in `--unit-graph`.
  public String word() {
    return word;
  }

  public boolean isCheck() {
    return this == CHECK || this == CHECK_TEST;
  }

  public boolean isDoc() {
    return this == DOC;
  }

  /// Says whether a test harness, or a `cfg(test)` program, is meant.
  public boolean isRustcTest() {
    return this == TEST || this == CHECK_TEST;
  }

  public boolean isRunCustomBuild() {
    return this == RUN_CUSTOM_BUILD;
  }
}
