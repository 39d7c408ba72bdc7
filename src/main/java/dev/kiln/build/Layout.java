package dev.kiln.build;

import dev.kiln.manifest.Package;
import dev.kiln.manifest.SourceId;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitProfile;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where things lie in every sandbox (design D4): Cargo's own layout with `CARGO_HOME=/build/cargo`
/// and target directory `/build/target`, so that no path in an output depends on the machine.
///
/// `workspaceRoot` is the user's directory of the workspace's manifest; `common` the lowest
/// directory that holds it and every path package, which appears at `/build/ws`.
public record Layout(Path workspaceRoot, Path common) {
  public static final String WORKSPACE = "/build/ws";
  public static final String CARGO_HOME = "/build/cargo";
  public static final String CARGO = CARGO_HOME + "/bin/cargo";
  public static final String TARGET = "/build/target";
  public static final String HOME = "/build/home";

  /// Where files of custom targets are that do not lie in the workspace.
  private static final String TARGETS = "/build/targets";

  /// Returns the layout for a workspace and the directories of its path packages.
  public static Layout of(Path workspaceRoot, Iterable<Path> pathPackages) {
    var common = workspaceRoot;
    for (var directory : pathPackages) {
      while (!directory.startsWith(common)) {
        var parent = common.getParent();
        if (parent == null) {
          break;
        }
        common = parent;
      }
    }
    return new Layout(workspaceRoot, common);
  }

  /// Returns the sandbox path of a directory or file of the user's below [#common].
  public String place(Path local) {
    var relative = slashes(common.relativize(local));
    return relative.isEmpty() ? WORKSPACE : WORKSPACE + "/" + relative;
  }

  /// Returns the user's path of a sandbox path below `/build/ws`, or null for any other.
  public @Nullable Path local(String sandboxPath) {
    if (sandboxPath.equals(WORKSPACE)) {
      return common;
    }
    return sandboxPath.startsWith(WORKSPACE + "/")
        ? common.resolve(sandboxPath.substring(WORKSPACE.length() + 1)).normalize()
        : null;
  }

  /// Returns the sandbox path of the workspace's root.
  public String root() {
    return place(workspaceRoot);
  }

  /// Returns the sandbox path of a package's own directory.
  public String packageRoot(Package pkg) {
    var id = pkg.id();
    return switch (id.source().kind()) {
      case PATH -> place(pkg.directory());
      case REGISTRY ->
          CARGO_HOME
              + "/registry/src/"
              + SourceNames.registry(id.source())
              + "/"
              + id.name()
              + "-"
              + id.version();
      case GIT -> gitRoot(id.source()) + gitSubdirectory(pkg);
    };
  }

  /// Returns the checkout of a git source.
  public static String gitRoot(SourceId source) {
    return CARGO_HOME + "/git/checkouts/" + SourceNames.git(source);
  }

  private static String gitSubdirectory(Package pkg) {
    // a checkout is one store object; a package may lie deeper in it
    var parts = pkg.directory();
    for (int i = 0; i < parts.getNameCount(); i++) {
      if (parts.getName(i).toString().equals("store") && i + 2 < parts.getNameCount()) {
        return "/" + slashes(parts.subpath(i + 2, parts.getNameCount()));
      }
    }
    return "";
  }

  /// Returns the directory name of a profile: `debug` for dev and test, `release` for release and
  /// bench, else its own name (Cargo: `Profiles::get_dir_name`).
  public static String profileDirectory(UnitProfile profile) {
    return switch (profile.name()) {
      case "dev", "test" -> "debug";
      case "release", "bench" -> "release";
      default -> profile.name();
    };
  }

  /// Returns `/build/target[/TRIPLE]/PROFILE`.
  public static String profileRoot(CompileKind kind, UnitProfile profile) {
    return (kind.isHost() ? TARGET : TARGET + "/" + kind.shortName())
        + "/"
        + profileDirectory(profile);
  }

  /// Returns the directory that tests may write to: Cargo's `CARGO_TARGET_TMPDIR`.
  public static String temporary(CompileKind kind) {
    return (kind.isHost() ? TARGET : TARGET + "/" + kind.shortName()) + "/tmp";
  }

  /// Returns the directory that libraries are found in: Cargo's `deps`.
  public static String deps(CompileKind kind, UnitProfile profile) {
    return profileRoot(kind, profile) + "/deps";
  }

  /// Returns the directory of a unit's script, compiled or run: `…/build/NAME-IDENTITY`.
  public static String scriptDirectory(Unit unit, String identity) {
    return profileRoot(unit.kind(), unit.profile())
        + "/build/"
        + unit.pkg().name()
        + "-"
        + identity;
  }

  /// Returns what `--target` says for a kind: its triple, or where a custom target's file is.
  public String target(CompileKind kind) {
    var triple = Objects.requireNonNull(kind.triple(), "the host needs no --target");
    if (!kind.isCustom()) {
      return triple;
    }
    var file = workspaceRoot.getFileSystem().getPath(triple);
    return file.startsWith(workspaceRoot)
        ? place(file)
        : TARGETS + "/" + kind.shortName() + ".json";
  }

  private static String slashes(Path relative) {
    return relative.toString().replace('\\', '/');
  }
}
