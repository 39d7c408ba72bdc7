package dev.kiln.manifest;

import dev.kiln.KilnException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What must hold between a root and its members (Cargo: `Workspace::validate`).
final class WorkspaceChecks {
  private final ManifestReader reader;
  private final RootFinder finder;
  private final List<Path> members;
  private final Map<Path, ManifestReader.Manifest> manifests;

  WorkspaceChecks(
      ManifestReader reader,
      RootFinder finder,
      List<Path> members,
      Map<Path, ManifestReader.Manifest> manifests) {
    this.reader = reader;
    this.finder = finder;
    this.members = members;
    this.manifests = manifests;
  }

  void check(ManifestFile root, Path current) throws KilnException {
    checkNames();
    checkRoots(root, current);
    checkMembers(root);
    if (!members.contains(current)) {
      throw notListed(root, current);
    }
  }

  private void checkNames() throws KilnException {
    var seen = new TreeMap<String, Path>();
    for (var member : members) {
      var manifest = manifests.get(member);
      if (manifest == null) {
        continue;
      }
      var other = seen.putIfAbsent(manifest.pkg().name(), member);
      if (other != null) {
        throw new KilnException(
            "two packages named `"
                + manifest.pkg().name()
                + "` in this workspace:\n- "
                + other
                + "\n- "
                + member);
      }
    }
  }

  private void checkRoots(ManifestFile root, Path current) throws KilnException {
    var roots = new StringBuilder();
    int count = 0;
    for (var member : members) {
      var file = reader.file(member);
      if (file.isWorkspaceRoot()) {
        count++;
        roots.append("\n  ").append(file.directory());
      }
    }
    if (count == 0) {
      throw new KilnException(
          "`package.workspace` configuration points to a crate which is not configured with"
              + " [workspace]: \nconfiguration at: "
              + current
              + "\npoints to: "
              + root.path());
    }
    if (count > 1) {
      throw new KilnException("multiple workspace roots found in the same workspace:" + roots);
    }
  }

  private void checkMembers(ManifestFile root) throws KilnException {
    for (var member : members) {
      var found = finder.findRoot(member);
      if (found.isEmpty()) {
        throw new KilnException(
            "workspace member `"
                + member
                + "` is not hierarchically below the workspace root `"
                + root.path()
                + "`");
      }
      if (!found.get().equals(root.path())) {
        throw new KilnException(
            "package `"
                + member
                + "` is a member of the wrong workspace\nexpected: "
                + root.path()
                + "\nactual:   "
                + found.get());
      }
    }
  }

  private static KilnException notListed(ManifestFile root, Path current) throws KilnException {
    var workspace = root.workspace();
    var folder = current.getParent();
    var listing =
        folder != null && folder.startsWith(root.directory())
            ? "adding `"
                + root.directory().relativize(folder)
                + "` to the `workspace.members` array of the manifest located at: "
                + root.path()
            : "adding a member to the `workspace.members` array of the manifest located at: "
                + root.path();
    boolean lists = workspace != null && workspace.has("members");
    return new KilnException(
        "current package believes it's in a workspace when it's not:\ncurrent:   "
            + current
            + "\nworkspace: "
            + root.path()
            + "\n\nthis may be fixable by "
            + (!root.isPackage() || lists
                ? listing
                : "ensuring that this crate is depended on by the workspace root: " + root.path())
            + "\nAlternatively, to keep it out of the workspace, add the package to the"
            + " `workspace.exclude` array, or add an empty `[workspace]` table to the package's"
            + " manifest.");
  }

  /// Warns of what only a root may say, and of a virtual root without a resolver.
  void warn(ManifestFile root, int resolver, List<String> warnings) throws KilnException {
    String newest = "2015";
    for (var member : members) {
      var manifest = manifests.get(member);
      if (member.equals(root.path()) || manifest == null) {
        continue;
      }
      var edition = manifest.pkg().edition();
      newest = edition.compareTo(newest) > 0 ? edition : newest;
      var table = reader.file(member).root();
      var profiles = table.table("profile");
      warnIgnored(profiles != null && !profiles.isEmpty(), "profiles", member, root, warnings);
      warnIgnored(isFilled(table.table("replace")), "replace", member, root, warnings);
      warnIgnored(isFilled(table.table("patch")), "patch", member, root, warnings);
      var packageTable = reader.file(member).packageTable();
      var own = packageTable == null ? null : packageTable.string("resolver");
      warnIgnored(
          own != null && !own.equals(Integer.toString(resolver)),
          "resolver",
          member,
          root,
          warnings);
    }
    var workspace = root.workspace();
    boolean isSilent = workspace != null && !workspace.has("resolver");
    if (!root.isPackage() && isSilent && newest.compareTo("2021") >= 0) {
      var implied = newest.equals("2021") ? "2" : "3";
      warnings.add(
          "virtual workspace defaulting to `resolver = \"1\"` despite one or more workspace members"
              + " being on edition "
              + newest
              + " which implies `resolver = \""
              + implied
              + "\"`");
    }
  }

  private static boolean isFilled(dev.kiln.toml.@Nullable TomlTable table) {
    return table != null && !table.isEmpty();
  }

  private static void warnIgnored(
      boolean isGiven, String what, Path member, ManifestFile root, List<String> warnings) {
    if (isGiven) {
      warnings.add(
          what
              + " for the non root package will be ignored, specify "
              + what
              + " at the workspace root:\npackage:   "
              + member
              + "\nworkspace: "
              + root.path());
    }
  }
}
