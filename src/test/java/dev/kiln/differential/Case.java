package dev.kiln.differential;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.SortedMap;
import java.util.TreeMap;

/// A workspace and a command line for it, which can be written down as a folder and read again.
///
/// `files` has everything that is read, the packages of the registry too where they are a
/// directory; `environment` is what is set beside the usual.
record Case(SortedMap<String, String> files, Order order, SortedMap<String, String> environment) {
  private static final String COMMAND = "case.json";

  Case withFiles(SortedMap<String, String> other) {
    return new Case(other, order, environment);
  }

  Case withOrder(Order other) {
    return new Case(files, other, environment);
  }

  Case withEnvironment(SortedMap<String, String> other) {
    return new Case(files, order, other);
  }

  void writeFiles(Path root) throws IOException {
    for (var file : files.entrySet()) {
      var path = root.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  /// Writes the files, and beside them the command.
  void write(Path root) throws IOException {
    writeFiles(root);
    var variables = Json.object();
    environment.forEach((name, value) -> variables.put(name, value));
    Files.writeString(
        root.resolve(COMMAND),
        Json.object()
                .put("directory", order.directory())
                .put("arguments", Json.strings(order.arguments()))
                .put("environment", variables.build())
                .build()
                .compact()
            + "\n");
  }

  static Case read(Path root) throws IOException, KilnException {
    var files = new TreeMap<String, String>();
    try (var walk = Files.walk(root)) {
      for (var path : walk.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(path).toString(), Files.readString(path));
      }
    }
    var command = Json.parse(files.remove(COMMAND)).asObject();
    var variables = new TreeMap<String, String>();
    for (var variable : command.get("environment").asObject().entrySet()) {
      variables.put(variable.getKey(), variable.getValue().asString());
    }
    var arguments = new ArrayList<String>();
    for (var argument : command.get("arguments").asArray()) {
      arguments.add(argument.asString());
    }
    return new Case(files, new Order(command.get("directory").asString(), arguments), variables);
  }
}
