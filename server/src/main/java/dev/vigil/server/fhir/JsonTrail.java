package dev.vigil.server.fhir;

import ca.uhn.fhir.parser.json.BaseJsonLikeArray;
import ca.uhn.fhir.parser.json.BaseJsonLikeObject;
import ca.uhn.fhir.parser.json.BaseJsonLikeValue;
import ca.uhn.fhir.parser.json.BaseJsonLikeWriter;
import ca.uhn.fhir.parser.json.JsonLikeStructure;
import ca.uhn.fhir.parser.json.jackson.JacksonStructure;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Reader;
import java.io.Writer;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;

/**
 * JSON that remembers where its reader stands. HAPI's parser does not say where in a resource it
 * stopped; the last value that it asked for does.
 */
final class JsonTrail implements JsonLikeStructure {

  /**
   * A step from a value to one within.
   *
   * @param before null for a step from the root
   * @param name of the property
   * @param index in the array, -1 if the value is not within one
   */
  record Step(Step before, String name, int index) {}

  /** Asked for only where it must be, so that it is a place of its own also where it is missing. */
  static final String TYPE = "resourceType";

  private final BaseJsonLikeObject root;
  private Step last;

  JsonTrail(ObjectNode json) {
    JacksonStructure structure = new JacksonStructure();
    structure.setNativeObject(json);
    this.root = new TrailObject(structure.getRootObject(), null);
  }

  /** The steps from the root to the value that was asked for last. */
  List<Step> steps() {
    LinkedList<Step> steps = new LinkedList<>();
    for (Step step = last; step != null; step = step.before()) {
      steps.addFirst(step);
    }
    return steps;
  }

  @Override
  public BaseJsonLikeObject getRootObject() {
    return root;
  }

  @Override
  public JsonLikeStructure getInstance() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void load(Reader reader) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void load(Reader reader, boolean allowArray) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BaseJsonLikeWriter getJsonLikeWriter() {
    throw new UnsupportedOperationException();
  }

  @Override
  public BaseJsonLikeWriter getJsonLikeWriter(Writer writer) {
    throw new UnsupportedOperationException();
  }

  private BaseJsonLikeValue reached(BaseJsonLikeValue value, Step step) {
    last = step;
    return new TrailValue(value, step);
  }

  private final class TrailObject extends BaseJsonLikeObject {
    private final BaseJsonLikeObject object;
    private final Step here;

    TrailObject(BaseJsonLikeObject object, Step here) {
      this.object = object;
      this.here = here;
    }

    @Override
    public Object getValue() {
      return object.getValue();
    }

    @Override
    public Iterator<String> keyIterator() {
      return object.keyIterator();
    }

    @Override
    public BaseJsonLikeValue get(String name) {
      BaseJsonLikeValue value = object.get(name);
      Step step = new Step(here, name, -1);
      if (value == null && name.equals(TYPE)) {
        last = step;
      }
      return value == null ? null : reached(value, step);
    }
  }

  private final class TrailArray extends BaseJsonLikeArray {
    private final BaseJsonLikeArray array;
    private final Step here;

    TrailArray(BaseJsonLikeArray array, Step here) {
      this.array = array;
      this.here = here;
    }

    @Override
    public Object getValue() {
      return array.getValue();
    }

    @Override
    public int size() {
      return array.size();
    }

    @Override
    public BaseJsonLikeValue get(int index) {
      BaseJsonLikeValue value = array.get(index);
      return value == null ? null : reached(value, new Step(here.before(), here.name(), index));
    }
  }

  private final class TrailValue extends BaseJsonLikeValue {
    private final BaseJsonLikeValue value;
    private final Step here;

    TrailValue(BaseJsonLikeValue value, Step here) {
      this.value = value;
      this.here = here;
    }

    @Override
    public ValueType getJsonType() {
      return value.getJsonType();
    }

    @Override
    public ScalarType getDataType() {
      return value.getDataType();
    }

    @Override
    public Object getValue() {
      return value.getValue();
    }

    @Override
    public BaseJsonLikeArray getAsArray() {
      BaseJsonLikeArray array = value.getAsArray();
      return array == null ? null : new TrailArray(array, here);
    }

    @Override
    public BaseJsonLikeObject getAsObject() {
      BaseJsonLikeObject object = value.getAsObject();
      return object == null ? null : new TrailObject(object, here);
    }

    @Override
    public String getAsString() {
      return value.getAsString();
    }

    @Override
    public Number getAsNumber() {
      return value.getAsNumber();
    }

    @Override
    public boolean getAsBoolean() {
      return value.getAsBoolean();
    }
  }
}
