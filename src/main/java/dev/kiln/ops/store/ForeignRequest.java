package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.builder.BuildRequest;
import dev.kiln.builder.Mount;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.Digest;
import dev.kiln.json.Json;
import dev.kiln.process.RawText;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.Placeholders;
import dev.kiln.store.format.Registration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A foreign derivation as a request: Nix's environment, files and mounts (nix-store.md §17).
final class ForeignRequest {
  private static final String BUILD = "/build";
  private static final int BUILD_MODE = 0700;
  private static final int TMP_MODE = 01777;
  private static final String PASSWORDS =
      """
      root:x:0:0:Nix build user:/build:/noshell
      nixbld:x:1000:100:Nix build user:/build:/noshell
      nobody:x:65534:65534:Nobody:/:/noshell
      """;
  private static final String GROUPS =
      """
      root:x:0:
      nixbld:!:100:
      nogroup:x:65534:
      """;
  private static final String HOSTS =
      """
      127.0.0.1 localhost
      ::1 localhost
      """;
  private static final String NAME_SERVICES = "hosts: files dns\nservices: files\n";
  private static final List<String> NETWORK_FILES =
      List.of(
          "/etc/resolv.conf", "/etc/services", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt");

  private final Store store;
  private final Derivation derivation;
  private final Attributes attributes;
  private final SortedMap<String, StorePath> outputs;
  private final SortedSet<StorePath> closure;
  private final RealiseOptions options;
  private final Map<ByteString, ByteString> placeholders = new LinkedHashMap<>();
  private final SortedMap<String, String> files = new TreeMap<>();

  /// `outputs` are the paths that the builder writes to, `closure` all that its inputs refer to.
  ForeignRequest(
      Store store,
      Derivation derivation,
      SortedMap<String, StorePath> outputs,
      SortedSet<StorePath> closure,
      RealiseOptions options)
      throws KilnException {
    this.store = store;
    this.derivation = derivation;
    this.attributes = new Attributes(derivation);
    this.outputs = outputs;
    this.closure = closure;
    this.options = options;
    outputs.forEach((name, path) ->
        placeholders.put(Placeholders.own(name), ByteString.of(store.storeDir().resolve(path))));
  }

  BuildRequest request() throws KilnException {
    var environment = environment();
    var argv = new ArrayList<String>();
    argv.add(text(derivation.builder()));
    derivation.arguments().forEach(argument -> argv.add(text(argument)));
    return new BuildRequest(
        derivation.name(), argv, environment, BUILD, mounts(), derivation.isFixed(), true);
  }

  private String text(ByteString bytes) {
    var replaced = bytes;
    for (var placeholder : placeholders.entrySet()) {
      replaced = replaced.replace(placeholder.getKey(), placeholder.getValue());
    }
    return RawText.of(replaced.bytes());
  }

  private SortedMap<String, String> environment() throws KilnException {
    var environment = new TreeMap<String, String>();
    environment.put("PATH", "/path-not-set");
    environment.put("HOME", "/homeless-shelter");
    environment.put("NIX_STORE", store.storeDir().path());
    environment.put("NIX_BUILD_CORES", Integer.toString(options.cores()));
    if (attributes.isStructured()) {
      structured();
    } else {
      variables(environment);
    }
    for (var name : List.of("NIX_BUILD_TOP", "TMPDIR", "TEMPDIR", "TMP", "TEMP", "PWD")) {
      environment.put(name, BUILD);
    }
    if (attributes.isStructured()) {
      environment.put("NIX_ATTRS_JSON_FILE", BUILD + "/.attrs.json");
      environment.put("NIX_ATTRS_SH_FILE", BUILD + "/.attrs.sh");
    }
    if (derivation.isFixed()) {
      environment.put("NIX_OUTPUT_CHECKED", "1");
      for (var name : attributes.findWords("impureEnvVars").orElse(List.of())) {
        environment.put(name, options.environment().getOrDefault(name, ""));
      }
    }
    environment.put("NIX_LOG_FD", "2");
    environment.put("TERM", "xterm-256color");
    return environment;
  }

  private void variables(SortedMap<String, String> environment) throws KilnException {
    var asFiles = new TreeSet<>(attributes.findWords("passAsFile").orElse(List.of()));
    for (var variable : derivation.environment().entrySet()) {
      var name = RawText.of(variable.getKey().bytes());
      var value = text(variable.getValue());
      if (asFiles.contains(name)) {
        var file = ".attr-" + Digest.sha256(variable.getKey().bytes()).nix32();
        files.put(file, value);
        environment.put(name + "Path", BUILD + "/" + file);
      } else {
        environment.put(name, value);
      }
    }
    var graphs = attributes.findWords("exportReferencesGraph").orElse(List.of());
    if (graphs.size() % 2 != 0) {
      throw new KilnException(
          "exportReferencesGraph of '" + derivation.name() + "' is no list of pairs");
    }
    for (var i = 0; i < graphs.size(); i += 2) {
      var text = new StringBuilder();
      for (var info : graph(List.of(graphs.get(i + 1)))) {
        text.append(registration(info));
      }
      files.put(graphFile(graphs.get(i)), text.toString());
    }
  }

  private static String graphFile(String name) throws KilnException {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
      throw new KilnException("'" + name + "' is no name for a file of a references graph");
    }
    return name;
  }

  private String registration(StorePath path) throws KilnException {
    var references = store.requireInfo(path).references();
    return new Registration(path, null, null, references).text(store.storeDir());
  }

  /// Returns the closure of some of the inputs, with the outputs of every derivation in it.
  private SortedSet<StorePath> graph(Collection<String> texts) throws KilnException {
    var paths = new TreeSet<StorePath>();
    for (var text : texts) {
      var path = store.storeDir().parseInside(text);
      if (!closure.contains(path)) {
        throw new KilnException(
            "exportReferencesGraph of '%s' names %s, which is none of its inputs"
                .formatted(derivation.name(), text));
      }
      paths.add(path);
    }
    var graph = new StoreGraph(store);
    var all = graph.closure(paths);
    for (var path : List.copyOf(all)) {
      if (path.isDerivation()) {
        for (var output : DerivationFiles.outputs(store, path).values()) {
          if (store.isValid(output)) {
            all.addAll(graph.closure(List.of(output)));
          }
        }
      }
    }
    return all;
  }

  private void structured() throws KilnException {
    var json = StructuredAttributes.sorted(attributes.findJson().orElseThrow());
    var paths = Json.object();
    outputs.forEach((name, path) -> paths.put(name, store.storeDir().resolve(path)));
    var graphs = json.get("exportReferencesGraph");
    if (graphs != null) {
      for (var graph : graphs.asObject().entrySet()) {
        var members = new ArrayList<Json>();
        for (var path : graph(Attributes.words(graph.getValue()))) {
          members.add(member(path));
        }
        json.put(graph.getKey(), Json.array(members));
      }
    }
    json.put("outputs", paths.build());
    var replaced = text(ByteString.of(new Json.Obj(json).compact()));
    files.put(".attrs.json", replaced);
    files.put(
        ".attrs.sh", StructuredAttributes.shell(StructuredAttributes.sorted(Json.parse(replaced))));
  }

  private Json member(StorePath path) throws KilnException {
    var info = store.requireInfo(path);
    var directory = store.storeDir();
    var json = new TreeMap<String, Json>();
    json.put("closureSize", Json.of(new PathInfoOperation(store).closureSize(path)));
    json.put("narHash", Json.of(info.narHash().prefixedNix32()));
    json.put("narSize", Json.of(info.narSize()));
    json.put("path", Json.of(directory.resolve(path)));
    json.put(
        "references", Json.strings(info.references().stream().map(directory::resolve).toList()));
    json.put("valid", Json.of(true));
    var ca = info.ca();
    if (ca != null) {
      json.put("ca", Json.of(ca));
    }
    return new Json.Obj(json);
  }

  private List<Mount> mounts() {
    var mounts = new ArrayList<Mount>();
    mounts.add(new Mount.Scratch(BUILD, BUILD_MODE, files));
    mounts.add(new Mount.Scratch("/tmp", TMP_MODE, new TreeMap<>()));
    mounts.add(new Mount.Text("/etc/passwd", PASSWORDS, false));
    mounts.add(new Mount.Text("/etc/group", GROUPS, false));
    if (derivation.isFixed()) {
      mounts.add(new Mount.Text("/etc/nsswitch.conf", NAME_SERVICES, false));
      for (var file : NETWORK_FILES) {
        var source = options.root().resolve(file);
        if (Files.exists(source)) {
          mounts.add(new Mount.Host(file, source));
        }
      }
    } else {
      mounts.add(new Mount.Text("/etc/hosts", HOSTS, false));
    }
    var entries = new TreeMap<String, String>();
    outputs.forEach((name, path) -> entries.put(path.baseName(), name));
    mounts.add(new Mount.OutputParent(store.storeDir().path(), entries));
    for (var path : closure) {
      mounts.add(new Mount.Tree(store.storeDir().resolve(path), path, ""));
    }
    for (Map.Entry<String, Path> shown : options.sandboxPaths().entrySet()) {
      mounts.add(new Mount.Host(shown.getKey(), shown.getValue()));
    }
    return mounts;
  }
}
