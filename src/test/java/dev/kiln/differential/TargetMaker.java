package dev.kiln.differential;

import java.util.ArrayList;
import java.util.List;

/// Draws the targets of packages, written out or left to be discovered.
final class TargetMaker {
  private final Draw draw;

  TargetMaker(Draw draw) {
    this.draw = draw;
  }

  void addTargets(Crate crate, int index) {
    addLibrary(crate);
    if (draw.chance(35, "main.rs")) {
      crate.parts.add(new Crate.Part("bin", crate.name, "src/main.rs", List.of()));
    }
    if (draw.chance(25, "src/bin")) {
      addPart(crate, "bin", "src/bin", "b" + index);
    }
    for (var kind : List.of("example", "test", "bench")) {
      if (draw.chance(35, kind)) {
        var folder = kind.equals("bench") ? "benches" : kind + "s";
        addPart(crate, kind, folder, (kind.equals("bench") ? "k" : kind.substring(0, 1)) + index);
      }
    }
    for (var kind : List.of("bins", "examples", "tests", "benches")) {
      if (draw.chance(5, "auto" + kind + " = false")) {
        crate.packageLines.add("auto" + kind + " = false");
      }
    }
    var bins = crate.parts.stream().filter(part -> part.table().equals("bin")).toList();
    if (!bins.isEmpty() && draw.chance(15, "default-run")) {
      crate.packageLines.add("default-run = \"" + draw.one(bins).name() + "\"");
    }
  }

  private void addLibrary(Crate crate) {
    if (crate.procMacro) {
      draw.count("proc-macro member");
    } else if (draw.chance(25, "crate-type")) {
      crate.libSection.add(
          "crate-type = "
              + draw.one(
                  "[\"rlib\"]",
                  "[\"dylib\"]",
                  "[\"cdylib\"]",
                  "[\"staticlib\"]",
                  "[\"cdylib\", \"rlib\"]",
                  "[\"lib\", \"dylib\"]"));
    }
    if (draw.chance(10, "lib with its own name")) {
      crate.libSection.add("name = \"lib_" + crate.name + "\"");
    }
    for (var flag : List.of("test", "doctest", "bench", "doc")) {
      if (draw.chance(6, "lib " + flag + " = false")) {
        crate.libSection.add(flag + " = false");
      }
    }
    if (draw.chance(6, "lib with a path")) {
      crate.libFile = "src/library.rs";
      crate.libSection.add("path = \"src/library.rs\"");
    }
    if (!crate.procMacro && draw.chance(8, "no lib")) {
      crate.lib = false;
      crate.libSection.clear();
    }
  }

  private void addPart(Crate crate, String table, String folder, String name) {
    boolean inFolder = draw.chance(20, "target in a folder");
    var file = folder + "/" + name + (inFolder ? "/main.rs" : ".rs");
    List<String> section = List.of();
    if (draw.chance(50, "target written out")) {
      section = section(crate, table);
      if (table.equals("example") && draw.chance(30, "example that is a library")) {
        section.add(
            "crate-type = [\"" + draw.one("lib", "cdylib", "staticlib", "proc-macro") + "\"]");
      }
      if (draw.chance(15, "target with its own path")) {
        file = "odd/" + name + ".rs";
      }
      if (file.startsWith("odd/") || !draw.chance(40, "path of a target inferred")) {
        section.add("path = \"" + file + "\"");
      } else if (section.isEmpty()) {
        section.add("test = true");
      }
    }
    crate.parts.add(new Crate.Part(table, name, file, section));
  }

  private List<String> section(Crate crate, String table) {
    List<String> section = new ArrayList<String>();
    if (!crate.featureNames().isEmpty() && draw.chance(40, "required-features")) {
      var names = new ArrayList<>(List.of(draw.one(crate.featureNames())));
      for (var need : crate.needs) {
        if (!need.on().featureNames().isEmpty()
            && draw.chance(8, "required-features of a dependency")) {
          names.add(need.key() + "/" + draw.one(need.on().featureNames()));
        }
      }
      section.add("required-features = [" + Crate.quoted(names) + "]");
    }
    for (var flag : List.of("test", "bench", "doc")) {
      if (draw.chance(10, "target " + flag)) {
        section.add(flag + " = " + draw.one("true", "false"));
      }
    }
    if (!table.equals("example") && draw.chance(20, "harness = false")) {
      section.add("harness = false");
    }
    if (draw.chance(6, "edition of a target")) {
      section.add("edition = \"2018\"");
    }
    return section;
  }
}
