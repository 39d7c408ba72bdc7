package dev.kiln.realise;

import dev.kiln.build.CargoProgram;
import dev.kiln.build.Layout;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Mount;
import dev.kiln.derivation.UnitDerivation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Turns a unit's derivation into the request for a builder: its mounts, and around them what every
/// sandbox of this machine has.
public final class Requests {
  /// The one output directory of a request; its files are sorted into the derivation's outputs.
  static final String OUTPUT = "out";

  private final List<Mount> ambient;
  private final SortedMap<String, List<Mount>> sysroots;

  /// `ambient` and `sysroots` are those of [Realiser.Machine].
  public Requests(List<Mount> ambient, SortedMap<String, List<Mount>> sysroots) {
    this.sysroots = Collections.unmodifiableSortedMap(new TreeMap<>(sysroots));
    var mounts = new ArrayList<>(ambient);
    mounts.add(new Mount.Text(Layout.CARGO, CargoProgram.text(), true));
    mounts.add(new Mount.Scratch(Layout.HOME));
    mounts.add(new Mount.Scratch("/tmp"));
    mounts.add(
        new Mount.Text(
            "/etc/passwd",
            """
            root:x:0:0:root:/build/home:/noshell
            kiln:x:1000:100:kiln:/build/home:/noshell
            nobody:x:65534:65534:nobody:/:/noshell
            """,
            false));
    mounts.add(new Mount.Text("/etc/group", "root:x:0:\nkiln:!:100:\nnogroup:x:65534:\n", false));
    mounts.add(new Mount.Text("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n", false));
    this.ambient = List.copyOf(mounts);
  }

  /// Returns the request that runs a unit.
  public BuildRequest of(UnitDerivation derivation) {
    var sysroot = derivation.inputs().sysroot();
    var mounts = new ArrayList<>(sysroots.getOrDefault(sysroot == null ? "" : sysroot, List.of()));
    mounts.addAll(ambient);
    mounts.addAll(inputs(derivation));
    return request(derivation, mounts);
  }

  /// Returns the request that runs a unit amid everything of this machine: what it has at paths of
  /// its own, and `sysroot` in the place of the machine's directories.
  public static BuildRequest amidHost(UnitDerivation derivation, List<Mount> sysroot) {
    var mounts = new ArrayList<>(sysroot);
    mounts.add(new Mount.Text(Layout.CARGO, CargoProgram.text(), true));
    mounts.addAll(inputs(derivation));
    return request(derivation, mounts);
  }

  private static List<Mount> inputs(UnitDerivation derivation) {
    var mounts = new ArrayList<Mount>();
    derivation.inputs().trees().forEach((at, object) -> mounts.add(new Mount.Tree(at, object, "")));
    var beside = new ArrayList<Mount.Link>();
    derivation
        .inputs()
        .links()
        .forEach((directory, files) -> {
          var links = new ArrayList<Mount.Link>();
          files.forEach((name, object) -> links.add(new Mount.Link(name, object, name)));
          if (directory.equals(derivation.outDirectory())) {
            beside.addAll(links);
          } else {
            mounts.add(new Mount.Links(directory, links));
          }
        });
    mounts.add(new Mount.Output(derivation.outDirectory(), OUTPUT, beside));
    return mounts;
  }

  private static BuildRequest request(UnitDerivation derivation, List<Mount> mounts) {
    var invocation = derivation.invocation();
    return new BuildRequest(
        derivation.name(), invocation.argv(), invocation.env(), invocation.cwd(), mounts, false);
  }
}
