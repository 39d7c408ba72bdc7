package dev.kiln.toolchain;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.manifest.CfgExpr.Cfg;
import dev.kiln.manifest.Nearest;
import dev.kiln.memo.Memo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Asks rustc what it knows of a target, once per compiler, target, flags and environment (Cargo:
/// target_info.rs, `TargetInfo::new`; cargo-build.md §6.5).
public final class RustcProbe {
  /// The crate types in the order in which rustc is asked, and answers.
  private static final List<String> CRATE_TYPES =
      List.of("bin", "rlib", "dylib", "cdylib", "staticlib", "proc-macro");

  private static final String CRATE_NAME = "___";

  private final Memo memo;
  private final Runner runner;
  private final SortedMap<String, String> environment;
  private final SortedMap<String, String> relevant;
  private final Path directory;

  /// Asks in a directory, with an environment to which `configured` (Cargo's `[env]`) is added.
  public RustcProbe(
      Memo memo,
      Runner runner,
      SortedMap<String, String> environment,
      SortedMap<String, String> configured,
      Path directory) {
    this.memo = memo;
    this.runner = runner;
    this.directory = directory;
    var whole = new TreeMap<>(environment);
    whole.putAll(configured);
    whole.remove("RUSTC_LOG");
    this.environment = Collections.unmodifiableSortedMap(whole);
    var part = new TreeMap<>(configured);
    whole.forEach((name, value) -> {
      if (name.startsWith("RUST")) {
        part.put(name, value);
      }
    });
    this.relevant = Collections.unmodifiableSortedMap(part);
  }

  /// Returns the facts of a target: null is the compiler's host, a name that ends in `.json` a
  /// custom target's file.
  public TargetInfo target(Compiler rustc, @Nullable String target, List<String> rustflags)
      throws KilnException, InterruptedException {
    var argv = arguments(rustc, target, rustflags);
    var key =
        String.join(
            "\n",
            rustc.identity(),
            String.join("\u001f", argv),
            relevant.toString(),
            digest(target));
    var known = memo.find("facts", key);
    if (known.isPresent()) {
      return parse(rustc, target, known.get());
    }
    var answer = ask(target, argv);
    if (answer.exit() != 0) {
      throw failure(
          rustc, argv, answer, target == null ? null : otherTarget(rustc, target, answer));
    }
    var text = String.join(" ", unsupported(answer.err())) + "\n" + answer.out();
    var info = parse(rustc, target, text);
    memo.keep("facts", key, text);
    return info;
  }

  /// Returns flags in which `target-cpu=native` is this machine's CPU by name (design D7), which is
  /// asked each time: the cache may be shared with another machine.
  public List<String> withoutNative(Compiler rustc, @Nullable String target, List<String> rustflags)
      throws KilnException, InterruptedException {
    if (rustflags.stream().noneMatch(flag -> flag.endsWith("target-cpu=native"))) {
      return List.copyOf(rustflags);
    }
    var argv = new ArrayList<>(rustc.command());
    argv.add("--print=target-cpus");
    if (target != null) {
      argv.addAll(named(target));
    }
    var answer = ask(target, argv);
    if (answer.exit() != 0) {
      throw failure(rustc, argv, answer, null);
    }
    var cpu =
        answer
            .out()
            .lines()
            .filter(line -> line.contains("(currently "))
            .map(line -> line.replaceFirst(".*\\(currently ([^)]*)\\).*", "$1"))
            .findFirst()
            .orElseThrow(() ->
                new KilnException(
                    "rustc does not know this machine's CPU, which `target-cpu=native` asks for",
                    "name a CPU of `rustc --print target-cpus`"));
    return rustflags.stream()
        .map(flag ->
            flag.endsWith("target-cpu=native")
                ? flag.substring(0, flag.length() - "native".length()) + cpu
                : flag)
        .toList();
  }

  private static List<String> named(String target) {
    return target.endsWith(".json")
        ? List.of("--target", target, "-Zunstable-options")
        : List.of("--target", target);
  }

  /// A stable rustc knows custom targets, but wants to be told that it may.
  private Runner.Answer ask(@Nullable String target, List<String> argv)
      throws KilnException, InterruptedException {
    var whole = new TreeMap<>(environment);
    if (target != null && target.endsWith(".json")) {
      whole.put("RUSTC_BOOTSTRAP", "1");
    }
    return runner.run(new Runner.Question(argv, whole, directory));
  }

  private static List<String> arguments(
      Compiler rustc, @Nullable String target, List<String> rustflags) {
    var argv = new ArrayList<>(rustc.command());
    argv.addAll(List.of("-", "--crate-name", CRATE_NAME, "--print=file-names"));
    argv.addAll(rustflags);
    if (target != null) {
      argv.addAll(named(target));
    }
    for (var type : CRATE_TYPES) {
      argv.addAll(List.of("--crate-type", type));
    }
    argv.addAll(
        List.of("--print=split-debuginfo", "--print=crate-name", "--print=cfg", "-Wwarnings"));
    return argv;
  }

  private String digest(@Nullable String target) throws KilnException {
    return target == null || !target.endsWith(".json")
        ? ""
        : Digest.sha256(contents(target).getBytes(StandardCharsets.UTF_8)).hex();
  }

  private String contents(String target) throws KilnException {
    var file = directory.resolve(target);
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new KilnException("target path `" + file + "` is not a valid file", null, e);
    }
  }

  /// Returns the target that somebody may have meant with a name that rustc does not know.
  private @Nullable String otherTarget(Compiler rustc, String target, Runner.Answer refusal)
      throws KilnException, InterruptedException {
    if (!refusal.err().contains("could not find specification for target")) {
      return null;
    }
    var argv = new ArrayList<>(rustc.command());
    argv.add("--print=target-list");
    var list = runner.run(new Runner.Question(argv, environment, directory));
    return Nearest.to(target, list.out().lines().toList())
        .map(near -> "did you mean `" + near + "`?")
        .orElse("`rustc --print target-list` names the targets that it knows");
  }

  private static KilnException failure(
      Compiler rustc, List<String> argv, Runner.Answer answer, @Nullable String hint) {
    var program = rustc.command().getLast();
    var name = program.substring(program.lastIndexOf('/') + 1);
    return new KilnException(
        "failed to run `rustc` to learn about target-specific information",
        hint,
        new KilnException(
            "process didn't exit successfully: `"
                + name
                + " "
                + String.join(" ", argv.subList(rustc.command().size(), argv.size()))
                + "` (exit status: "
                + answer.exit()
                + ")"
                + (answer.err().isBlank() ? "" : "\n--- stderr\n" + answer.err().stripTrailing())));
  }

  private static List<String> unsupported(String err) {
    return CRATE_TYPES.stream()
        .filter(type ->
            err.lines()
                .anyMatch(line ->
                    (line.contains("unsupported crate type") || line.contains("unknown crate type"))
                        && line.contains("crate type `" + type + "`")))
        .toList();
  }

  /// Reads a line of unsupported crate types and then rustc's output.
  private TargetInfo parse(Compiler rustc, @Nullable String target, String text)
      throws KilnException {
    var lines = text.lines().iterator();
    var missing = Arrays.asList(next(lines, "file-names").split(" ", -1));
    var patterns = new TreeMap<String, TargetInfo.FilePattern>();
    for (var type : CRATE_TYPES) {
      if (!missing.contains(type)) {
        var line = next(lines, "file-names").strip();
        int mark = line.indexOf(CRATE_NAME);
        if (mark < 0) {
          throw malformed("file-names");
        }
        patterns.put(
            type,
            new TargetInfo.FilePattern(
                line.substring(0, mark), line.substring(mark + CRATE_NAME.length())));
      }
    }
    var splitDebuginfo = new ArrayList<String>();
    for (var line = next(lines, "split-debuginfo");
        !line.equals(CRATE_NAME);
        line = next(lines, "split-debuginfo")) {
      splitDebuginfo.add(line);
    }
    var cfgs = new ArrayList<Cfg>();
    while (lines.hasNext()) {
      var cfg = Cfg.parse(lines.next());
      if (!cfg.name().equals("proc_macro")) {
        cfgs.add(cfg);
      }
    }
    var triple = triple(rustc, target);
    return new TargetInfo(triple, machine(target, triple), cfgs, patterns, splitDebuginfo);
  }

  private String machine(@Nullable String target, String triple) throws KilnException {
    if (target == null || !target.endsWith(".json")) {
      return triple;
    }
    return TargetInfo.machine(contents(target), triple);
  }

  private static String next(Iterator<String> lines, String printed) throws KilnException {
    if (!lines.hasNext()) {
      throw malformed(printed);
    }
    return lines.next();
  }

  private static KilnException malformed(String printed) {
    return new KilnException(
        "output of --print="
            + printed
            + " missing when learning about target-specific information from rustc");
  }

  private static String triple(Compiler rustc, @Nullable String target) {
    if (target == null) {
      return rustc.host();
    }
    return target.endsWith(".json")
        ? target.substring(target.lastIndexOf('/') + 1, target.length() - ".json".length())
        : target;
  }
}
