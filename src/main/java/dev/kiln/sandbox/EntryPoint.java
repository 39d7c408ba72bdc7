package dev.kiln.sandbox;

import dev.kiln.process.RawText;
import dev.kiln.sandbox.SandboxSpec.Program;
import dev.kiln.sandbox.SandboxSpec.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Finds programs as the sandbox will show them, before it exists.
final class EntryPoint {
  private static final int LINKS = 16;

  private final Path root;
  private final List<Step> steps;

  /// `root` is the root directory of the host.
  EntryPoint(Path root, List<Step> steps) {
    this.root = root;
    this.steps = steps;
  }

  /// Returns a program's file on the host, following links as the sandbox would.
  Optional<Path> find(String program) throws IOException {
    var at = program;
    for (int i = 0; i < LINKS; i++) {
      var step = covering(at);
      if (step.isEmpty()) {
        return Optional.empty();
      }
      var rest = at.substring(step.get().at().length());
      switch (step.get()) {
        case Step.Link(var link, var target) -> at = follow(link, target) + rest;
        case Step.Bind(var source, var place, _, _) -> {
          var file = RawText.resolve(root, (source + rest).substring(1));
          // What is bound is the end of the host's links, not the link.
          if (rest.isEmpty() || !Files.isSymbolicLink(file)) {
            return Files.isRegularFile(file) && Files.isExecutable(file)
                ? Optional.of(file)
                : Optional.empty();
          }
          at = follow(place + rest, Files.readSymbolicLink(file).toString());
        }
      }
    }
    return Optional.empty();
  }

  private static String follow(String link, String target) {
    if (target.startsWith("/")) {
      return target;
    }
    var parts = new ArrayList<String>();
    for (var part : (link.substring(0, link.lastIndexOf('/')) + "/" + target).split("/", -1)) {
      if (part.equals("..") && !parts.isEmpty()) {
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
        parts.add(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  private Optional<Step> covering(String path) {
    Optional<Step> best = Optional.empty();
    for (var step : steps) {
      boolean covers = path.equals(step.at()) || path.startsWith(step.at() + "/");
      if (covers && best.map(b -> b.at().length() <= step.at().length()).orElse(true)) {
        best = Optional.of(step);
      }
    }
    return best;
  }

  /// Returns the program such that it finds exactly its environment after bubblewrap, which sets
  /// `PWD` to the working directory: `env` in front of it puts that right, where the sandbox has an
  /// `env` (a sandbox without one, such as a foreign derivation's, wants Nix's `PWD`, which is the
  /// working directory).
  Program withoutExtraVariables(Program program) throws IOException {
    var wanted = program.env().get("PWD");
    if (Objects.equals(wanted, program.cwd()) || program.argv().getFirst().contains("=")) {
      return program;
    }
    for (var env : List.of("/usr/bin/env", "/bin/env")) {
      if (find(env).isPresent()) {
        var argv = new ArrayList<>(List.of(env));
        argv.addAll(wanted == null ? List.of("-u", "PWD") : List.of("PWD=" + wanted));
        argv.addAll(program.argv());
        return new Program(argv, program.env(), program.cwd());
      }
    }
    return program;
  }
}
