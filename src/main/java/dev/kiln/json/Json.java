package dev.kiln.json;

import dev.kiln.KilnException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A JSON value, immutable.
///
/// The `as…` methods answer what a reader expects to find and throw a sentence where something else
/// stands; `find` answers an optional field, null counting as absent.
public sealed interface Json {
  /// An object; fields keep their order.
  record Obj(Map<String, Json> fields) implements Json {
    public Obj {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }
  }

  record Arr(List<Json> items) implements Json {
    public Arr {
      items = List.copyOf(items);
    }
  }

  record Str(String value) implements Json {}

  /// A number, as it was spelt.
  record Num(String text) implements Json {}

  record Bool(boolean value) implements Json {}

  record Null() implements Json {}

  static Json of(String value) {
    return new Str(value);
  }

  static Json of(long value) {
    return new Num(Long.toString(value));
  }

  /// Throws on what JSON has no number for.
  static Json of(double value) {
    return new Num(new BigDecimal(Double.toString(value)).toString());
  }

  static Json of(boolean value) {
    return new Bool(value);
  }

  static Json array(Collection<? extends Json> items) {
    return new Arr(List.copyOf(items));
  }

  /// Returns an array of strings.
  static Json strings(Collection<String> items) {
    return new Arr(items.stream().map(Json::of).toList());
  }

  /// Returns a builder of an object, whose fields are written in the order of the calls.
  static ObjBuilder object() {
    return new ObjBuilder();
  }

  /// Puts an object together.
  final class ObjBuilder {
    private final Map<String, Json> fields = new LinkedHashMap<>();

    private ObjBuilder() {}

    public ObjBuilder put(String name, Json value) {
      fields.put(name, value);
      return this;
    }

    public ObjBuilder put(String name, String value) {
      return put(name, of(value));
    }

    public ObjBuilder put(String name, long value) {
      return put(name, of(value));
    }

    public ObjBuilder put(String name, double value) {
      return put(name, of(value));
    }

    public ObjBuilder put(String name, boolean value) {
      return put(name, of(value));
    }

    public Obj build() {
      return new Obj(fields);
    }
  }

  /// Reads one value and nothing after it.
  static Json parse(String text) throws KilnException {
    return new JsonReader(text).document();
  }

  /// Reads UTF-8.
  static Json parse(byte[] utf8) throws KilnException {
    return parse(JsonReader.text(utf8));
  }

  /// Returns the text without white space.
  default String compact() {
    return new JsonWriter(false).write(this);
  }

  /// Returns the text with one field or item per line, indented by two spaces, without a final line
  /// feed.
  default String pretty() {
    return new JsonWriter(true).write(this);
  }

  default Map<String, Json> asObject() throws KilnException {
    if (this instanceof Obj(var fields)) {
      return fields;
    }
    throw unexpected("an object");
  }

  default List<Json> asArray() throws KilnException {
    if (this instanceof Arr(var items)) {
      return items;
    }
    throw unexpected("an array");
  }

  default String asString() throws KilnException {
    if (this instanceof Str(var value)) {
      return value;
    }
    throw unexpected("a string");
  }

  default boolean asBoolean() throws KilnException {
    if (this instanceof Bool(var value)) {
      return value;
    }
    throw unexpected("true or false");
  }

  /// Throws where the number has a fraction or more than 63 bits.
  default long asLong() throws KilnException {
    if (this instanceof Num(var text)) {
      try {
        return new BigDecimal(text).longValueExact();
      } catch (ArithmeticException e) {
        throw unexpected("a whole number", e);
      }
    }
    throw unexpected("a whole number");
  }

  default double asDouble() throws KilnException {
    if (this instanceof Num(var text)) {
      return Double.parseDouble(text);
    }
    throw unexpected("a number");
  }

  default List<String> asStrings() throws KilnException {
    var strings = new ArrayList<String>();
    for (var item : asArray()) {
      strings.add(item.asString());
    }
    return strings;
  }

  /// Returns a field of an object; nothing where it is absent or null, or this is no object.
  default Optional<Json> find(String name) {
    return this instanceof Obj(var fields)
        ? Optional.ofNullable(fields.get(name)).filter(value -> !(value instanceof Null))
        : Optional.empty();
  }

  /// Returns a field of an object, which must be there.
  default Json require(String name) throws KilnException {
    var value = asObject().get(name);
    if (value == null) {
      throw new KilnException("a JSON object has no field '" + name + "'");
    }
    return value;
  }

  private KilnException unexpected(String expected) {
    return unexpected(expected, null);
  }

  private KilnException unexpected(String expected, @Nullable Throwable cause) {
    var text = compact();
    var shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return new KilnException("expected " + expected + " in JSON, found " + shown, null, cause);
  }
}
