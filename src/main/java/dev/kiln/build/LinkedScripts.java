package dev.kiln.build;

import dev.kiln.plan.Unit;
import dev.kiln.plan.UnitGraph;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which build scripts' output reaches which unit (Cargo: custom_build.rs `build_map`).
///
/// Scripts are named by the index of the unit that runs them. `toLink` is in Cargo's order: the own
/// script first, then those of linkable dependencies by package id, depth first, first occurrence;
/// `plugins` are those below procedural macros and build scripts.
public final class LinkedScripts {
  private final UnitGraph graph;
  private final Map<Integer, Scripts> known = new HashMap<>();

  /// What reaches one unit.
  public record Scripts(List<Integer> toLink, List<Integer> plugins) {
    public Scripts {
      toLink = List.copyOf(toLink);
      plugins = List.copyOf(plugins);
    }
  }

  public LinkedScripts(UnitGraph graph) {
    this.graph = graph;
  }

  /// Returns the unit that runs the build script of a unit's own package for it, or null.
  public static @Nullable Integer ownScript(UnitGraph graph, Unit unit) {
    if (unit.isBuildScript()) {
      return null;
    }
    for (var dep : unit.dependencies()) {
      var other = graph.unit(dep.unit());
      if (other.mode().isRunCustomBuild() && other.pkg().id().equals(unit.pkg().id())) {
        return dep.unit();
      }
    }
    return null;
  }

  /// Returns the scripts that reach a unit.
  public Scripts of(int index) {
    var found = known.get(index);
    if (found == null) {
      found = compute(index);
      known.put(index, found);
    }
    return found;
  }

  private Scripts compute(int index) {
    var unit = graph.unit(index);
    var toLink = new LinkedHashSet<Integer>();
    var plugins = new LinkedHashSet<Integer>();
    var own = ownScript(graph, unit);
    if (own != null) {
      toLink.add(own);
    }
    var dependencies = new ArrayList<>(unit.dependencies());
    dependencies.sort(Comparator.comparing(dep -> graph.unit(dep.unit()).pkg().id()));
    for (var dep : dependencies) {
      var other = graph.unit(dep.unit());
      if (Identities.isRuntimeOnly(graph, unit, other)) {
        continue;
      }
      var below = of(dep.unit());
      if (other.target().isProcMacro() || other.isBuildScript()) {
        plugins.addAll(below.toLink());
      } else if (other.target().isLinkable()) {
        toLink.addAll(below.toLink());
      }
    }
    return new Scripts(List.copyOf(toLink), List.copyOf(plugins));
  }
}
