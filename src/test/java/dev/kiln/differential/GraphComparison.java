package dev.kiln.differential;

import dev.kiln.KilnException;
import dev.kiln.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Compares two unit graphs, order of units apart: every unit by what it says of itself and the
/// whole graph below it.
public final class GraphComparison {
  private static final Pattern NAME = Pattern.compile("[@:]");
  private static final Set<String> OWN =
      Set.of("pkg_id", "target", "profile", "platform", "mode", "features", "is_std");

  private final List<Json> units;
  private final Map<Integer, String> texts = new HashMap<>();
  private final Map<String, String> numbers;

  private GraphComparison(Json graph, Map<String, String> numbers) throws KilnException {
    this.units = graph.asObject().getOrDefault("units", Json.strings(List.of())).asArray();
    this.numbers = numbers;
  }

  /// Returns what differs, nothing where the graphs are equal.
  public static List<String> differences(Json wanted, Json got) throws KilnException {
    var numbers = new HashMap<String, String>();
    var left = new GraphComparison(wanted, numbers);
    var right = new GraphComparison(got, numbers);
    var differences = new ArrayList<String>();
    if (left.all().equals(right.all()) && left.roots(wanted).equals(right.roots(got))) {
      return differences;
    }
    var shallow = left.shallow();
    right.shallow().forEach((unit, count) -> shallow.merge(unit, -count, Integer::sum));
    shallow.forEach((unit, count) -> {
      if (count != 0) {
        differences.add((count > 0 ? "cargo only: " : "kiln only:  ") + unit);
      }
    });
    return differences.isEmpty() ? List.of("edges or roots differ") : differences;
  }

  private Map<String, Integer> all() throws KilnException {
    var all = new TreeMap<String, Integer>();
    for (int i = 0; i < units.size(); i++) {
      all.merge(number(i), 1, Integer::sum);
    }
    return all;
  }

  private Map<String, Integer> roots(Json graph) throws KilnException {
    var roots = new TreeMap<String, Integer>();
    for (var root : graph.asObject().getOrDefault("roots", Json.strings(List.of())).asArray()) {
      roots.merge(number(Integer.parseInt(root.compact())), 1, Integer::sum);
    }
    return roots;
  }

  private Map<String, Integer> shallow() throws KilnException {
    var all = new TreeMap<String, Integer>();
    for (var unit : units) {
      var text = new StringBuilder(own(unit)).append(" ->");
      for (var edge : edges(unit)) {
        var to = units.get(index(edge)).asObject();
        text.append(' ').append(to.get("pkg_id").asString().replaceFirst(".*[/#]", ""));
        text.append(' ').append(to.get("mode").asString()).append(name(edge));
      }
      all.merge(text.toString(), 1, Integer::sum);
    }
    return all;
  }

  private String number(int index) throws KilnException {
    var known = texts.get(index);
    if (known != null) {
      return known;
    }
    var unit = units.get(index);
    var below = new ArrayList<String>();
    for (var edge : edges(unit)) {
      below.add(number(index(edge)) + name(edge));
    }
    below.sort(null);
    var text = numbers.computeIfAbsent(own(unit) + below, _ -> "#" + numbers.size());
    texts.put(index, text);
    return text;
  }

  private static List<Json> edges(Json unit) throws KilnException {
    return unit.asObject().get("dependencies").asArray();
  }

  private static int index(Json edge) throws KilnException {
    return Integer.parseInt(edge.asObject().get("index").compact());
  }

  private static String name(Json edge) throws KilnException {
    var text = new StringBuilder();
    for (var field : new TreeMap<>(edge.asObject()).entrySet()) {
      if (!field.getKey().equals("index")) {
        text.append(',').append(field.getValue().compact());
      }
    }
    return text.toString();
  }

  private static String own(Json unit) throws KilnException {
    var fields = new TreeMap<String, Json>();
    for (var field : unit.asObject().entrySet()) {
      if (OWN.contains(field.getKey())) {
        fields.put(field.getKey(), field.getValue());
      }
    }
    var target = new TreeMap<>(fields.get("target").asObject());
    var id = fields.get("pkg_id").asString();
    target.put("src_path", Json.of(relative(id, target.get("src_path").asString())));
    fields.put("target", new Json.Obj(target));
    var profile = new TreeMap<>(fields.get("profile").asObject());
    fields.put("profile", new Json.Obj(profile));
    return new Json.Obj(fields).compact();
  }

  /// Packages that are not local lie where each tool keeps them.
  private static String relative(String id, String path) {
    if (id.startsWith("path+")) {
      return path;
    }
    var name = NAME.split(id.substring(id.lastIndexOf('#') + 1), -1)[0];
    int at = path.lastIndexOf("/" + name + "-");
    int slash = at < 0 ? -1 : path.indexOf('/', at + 1);
    if (slash >= 0) {
      return path.substring(slash + 1);
    }
    int store = path.indexOf("-" + name);
    return store < 0 ? path : path.substring(path.indexOf('/', store) + 1);
  }
}
