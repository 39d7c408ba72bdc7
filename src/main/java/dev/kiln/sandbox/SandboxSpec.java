package dev.kiln.sandbox;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// One run in the words of the kernel: what is bound where, and what is executed there.
///
/// `steps` come in an order in which each may rely on those before it. `status` is a file that is
/// written once the sandbox stands, `root` an empty directory to build the sandbox's root on, both
/// outside of it. Texts may hold any byte ([dev.kiln.process.RawText]).
record SandboxSpec(
    List<Step> steps, Program program, boolean hasNetwork, String status, String root) {

  /// What is executed in the sandbox, and what it finds there of itself.
  record Program(List<String> argv, SortedMap<String, String> env, String cwd) {
    Program {
      argv = List.copyOf(argv);
      env = Collections.unmodifiableSortedMap(new TreeMap<>(env));
    }
  }

  /// One thing at one absolute path of the sandbox.
  sealed interface Step {
    String at();

    /// A file or directory of the host; the sandbox's own directories above it are made.
    record Bind(String source, String at, boolean isWritable, boolean isDirectory)
        implements Step {}

    record Link(String at, String target) implements Step {}
  }

  SandboxSpec {
    steps = List.copyOf(steps);
  }

  /// The user, group and host name that every builder sees (Nix's, nix-store.md §17.2).
  static final int UID = 1000;

  static final int GID = 100;
  static final String HOST_NAME = "localhost";
}
