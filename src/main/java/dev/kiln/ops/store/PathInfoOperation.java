package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// Says what is known of paths, as `nix path-info` of Nix 2.8 does.
public final class PathInfoOperation {
  private final Store store;
  private final StoreGraph graph;

  public PathInfoOperation(Store store) {
    this.store = store;
    this.graph = new StoreGraph(store);
  }

  /// Returns what is known of a path that must be valid.
  public PathInfo info(StorePath path) throws KilnException {
    return graph.info(path);
  }

  /// Returns the paths in Nix's order: with `recursive` their closure, dependencies first.
  public List<StorePath> paths(Collection<StorePath> given, boolean recursive)
      throws KilnException {
    return recursive ? graph.sorted(graph.closure(given)) : List.copyOf(new TreeSet<>(given));
  }

  /// Returns the JSON of Nix 2.8: a list; a path that is not valid says so instead of its facts.
  public Json json(Collection<StorePath> paths, boolean closureSizes) throws KilnException {
    var list = new ArrayList<Json>();
    for (var path : paths) {
      var info = graph.findInfo(path);
      list.add(
          info.isPresent()
              ? json(info.get(), closureSizes)
              : Json.object()
                  .put("path", store.storeDir().resolve(path))
                  .put("valid", false)
                  .build());
    }
    return Json.array(list);
  }

  private Json json(PathInfo info, boolean closureSize) throws KilnException {
    var directory = store.storeDir();
    var json =
        Json.object()
            .put("path", directory.resolve(info.path()))
            .put("narHash", info.narHash().sri())
            .put("narSize", info.narSize())
            .put(
                "references",
                Json.strings(info.references().stream().map(directory::resolve).toList()));
    var ca = info.ca();
    if (ca != null) {
      json.put("ca", ca);
    }
    if (closureSize) {
      json.put("closureSize", closureSize(info.path()));
    }
    var deriver = info.deriver();
    if (deriver != null) {
      json.put("deriver", directory.resolve(deriver));
    }
    json.put("registrationTime", info.registered().getEpochSecond());
    if (info.ultimate()) {
      json.put("ultimate", true);
    }
    if (!info.signatures().isEmpty()) {
      json.put("signatures", Json.strings(info.signatures()));
    }
    return json.build();
  }

  /// Returns the sum of the NAR sizes of a path's closure.
  public long closureSize(StorePath path) throws KilnException {
    var size = 0L;
    for (var member : graph.closure(List.of(path))) {
      size += graph.info(member).narSize();
    }
    return size;
  }

  /// Returns why a path may be trusted: built here, its content address, its signatures.
  public static List<String> proofs(PathInfo info) {
    var proofs = new ArrayList<String>();
    if (info.ultimate()) {
      proofs.add("ultimate");
    }
    if (info.ca() != null) {
      proofs.add("ca:" + info.ca());
    }
    proofs.addAll(info.signatures());
    return proofs;
  }
}
