package dev.kiln.resolve;

import dev.kiln.KilnException;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.PackageId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Which packages `-p`, `--workspace` and `--exclude` mean (Cargo: cargo_compile/packages.rs).
public final class Selection {
  private final Members members;
  private final Consumer<String> warnings;

  public Selection(Members members, Consumer<String> warnings) {
    this.members = members;
    this.warnings = warnings;
  }

  /// Returns the specifications of what is selected.
  public List<PackageSpec> specs(List<String> specs, boolean workspace, List<String> exclude)
      throws KilnException {
    if (!workspace && !exclude.isEmpty()) {
      throw new KilnException("--exclude can only be used together with --workspace");
    }
    var selected = new ArrayList<PackageSpec>();
    if (workspace) {
      if (exclude.isEmpty()) {
        membersNamed(specs);
      }
      selected.addAll(allBut(exclude));
    } else if (specs.isEmpty()) {
      members.byDefault().forEach(pkg -> selected.add(PackageSpec.of(pkg.id())));
    } else {
      selected.addAll(named(specs));
    }
    if (selected.isEmpty()) {
      throw new KilnException(
          members.isVirtual()
              ? "manifest path `"
                  + members.root()
                  + "` contains no package: The manifest is virtual, and the workspace has no "
                  + "members."
              : "no packages to compile");
    }
    return selected;
  }

  private List<PackageSpec> named(List<String> specs) throws KilnException {
    var selected = new ArrayList<PackageSpec>();
    var globs = new ArrayList<Glob>();
    for (var spec : specs) {
      if (Glob.isPattern(spec)) {
        globs.add(Glob.parse(spec));
      } else {
        selected.add(PackageSpec.parse(spec));
      }
    }
    // Cargo has them in a set, so that the first by name is the first to be complained of
    selected.sort(Comparator.comparing(PackageSpec::name));
    var unmatched = new ArrayList<>(globs);
    for (var member : members.all()) {
      if (matches(globs, unmatched, member.name())) {
        selected.add(PackageSpec.of(member.id()));
      }
    }
    if (!unmatched.isEmpty()) {
      throw new KilnException(patternsNotFound("", unmatched));
    }
    return selected;
  }

  private List<PackageSpec> allBut(List<String> exclude) throws KilnException {
    var specs = new ArrayList<PackageSpec>();
    var globs = new ArrayList<Glob>();
    for (var word : exclude) {
      if (Glob.isPattern(word)) {
        globs.add(Glob.parse(word));
      } else {
        specs.add(PackageSpec.parse(word));
      }
    }
    var unmatched = new ArrayList<>(globs);
    var selected = new ArrayList<PackageSpec>();
    for (var member : members.all()) {
      if (!takes(specs, member) && !matches(globs, unmatched, member.name())) {
        selected.add(PackageSpec.of(member.id()));
      }
    }
    if (!specs.isEmpty()) {
      warnings.accept(
          "excluded package(s) `"
              + shown(specs)
              + "` not found in workspace `"
              + members.root()
              + "`");
    }
    if (!unmatched.isEmpty()) {
      warnings.accept(patternsNotFound("excluded ", unmatched));
    }
    return selected;
  }

  /// Returns the members that names and patterns mean, all by default where there are none (Cargo:
  /// `get_packages`, which `run` looks at before anything else).
  public List<Package> membersNamed(List<String> words) throws KilnException {
    if (words.isEmpty()) {
      return members.byDefault();
    }
    var specs = new ArrayList<PackageSpec>();
    var globs = new ArrayList<Glob>();
    for (var word : words) {
      if (Glob.isPattern(word)) {
        globs.add(Glob.parse(word));
      } else {
        specs.add(PackageSpec.parse(word));
      }
    }
    var unmatched = new ArrayList<>(globs);
    var selected = new ArrayList<Package>();
    for (var member : members.all()) {
      if (takes(specs, member) || matches(globs, unmatched, member.name())) {
        selected.add(member);
      }
    }
    if (!specs.isEmpty()) {
      throw new KilnException(
          "package(s) `" + shown(specs) + "` not found in workspace `" + members.root() + "`");
    }
    if (!unmatched.isEmpty()) {
      throw new KilnException(patternsNotFound("", unmatched));
    }
    return selected;
  }

  /// Says whether a specification means the member, and takes it away.
  private static boolean takes(List<PackageSpec> specs, Package member) {
    var found = specs.stream().filter(spec -> spec.matches(member.id())).findFirst();
    found.ifPresent(specs::remove);
    return found.isPresent();
  }

  private static String shown(List<PackageSpec> specs) {
    return String.join(", ", new TreeSet<>(specs.stream().map(PackageSpec::toString).toList()));
  }

  private static boolean matches(List<Glob> globs, List<Glob> unmatched, String name) {
    for (var glob : globs) {
      if (glob.matches(name)) {
        unmatched.remove(glob);
        return true;
      }
    }
    return false;
  }

  private String patternsNotFound(String kind, List<Glob> globs) {
    var texts = globs.stream().map(Glob::toString).toList();
    return kind
        + "package pattern(s) `"
        + String.join(", ", texts)
        + "` not found in workspace `"
        + members.root()
        + "`";
  }

  /// Returns the members that a specification means, by its rules.
  static List<Package> matching(List<Package> members, List<PackageSpec> specs) {
    return members.stream()
        .filter(member -> specs.stream().anyMatch(spec -> spec.matches(member.id())))
        .toList();
  }

  /// Says whether every specification means a member.
  public boolean isOfMembers(List<PackageSpec> specs) {
    return specs.stream()
        .allMatch(spec ->
            members.all().stream().filter(member -> spec.matches(member.id())).count() == 1);
  }

  /// Returns the one package that each specification means, sorted. What one means is meant beside
  /// the package that it stands for by `[replace]`, which Cargo's resolution holds too.
  public static List<PackageId> packages(
      PackageGraph graph, Collection<PackageId> all, List<PackageSpec> specs) throws KilnException {
    var ids = new ArrayList<PackageId>();
    var replaced = graph.replacedBy(all);
    for (var spec : specs) {
      ids.add(spec.query(all, replaced));
    }
    return ids.stream().sorted().toList();
  }
}
