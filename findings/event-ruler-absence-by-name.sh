#!/usr/bin/env bash
# event-ruler: whether a field is absent in a list depends on how its neighbour is called
#
# Package: software.amazon.event.ruler:event-ruler 1.8.1 and 2.1.0 (Maven), the matcher of Amazon EventBridge.
# "One that is done and has no owner" should not depend on names. Seen: fields are asked in the order of their names. The
# field that is asked first looks through the whole list; one that is asked later looks only where the first was found. So
# `{"state": ["done"], "owner": [{"exists": false}]}` is no match as soon as any element has an owner, and with `user` for
# `owner`, which comes after `state`, it is one.
#
# Needs Java 11 or later and Maven. Fails when one of the verdicts below changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/Match.java" <<'JAVA'
import software.amazon.event.ruler.Machine;

public class Match {
  public static void main(String[] pairs) throws Exception {
    for (int i = 0; i < pairs.length; i += 2) {
      Machine machine = new Machine();
      machine.addRule("rule", pairs[i]);
      System.out.println(!machine.rulesForJSONEvent(pairs[i + 1]).isEmpty());
    }
  }
}
JAVA

# verdict VERSION PATTERN EVENT: prints true or false.
verdict() {
  local jars="$folder/$1"
  if [ ! -d "$jars" ]; then
    mkdir "$jars"
    cat > "$jars/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>software.amazon.event.ruler</groupId><artifactId>event-ruler</artifactId><version>$1</version>
  </dependency></dependencies>
</project>
XML
    mvn -q -B -f "$jars/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
      -DoutputDirectory="$jars" > "$jars/log" 2>&1 || { cat "$jars/log" >&2; exit 2; }
  fi
  java -cp "$jars/*" "$folder/Match.java" "$2" "$3" 2> "$folder/errors" || { cat "$folder/errors" >&2; exit 2; }
}

# expect VERDICT VERSION PATTERN EVENT
expect() {
  local got
  got=$(verdict "$2" "$3" "$4")
  echo "event-ruler $2: $3 and $4: $got"
  [ "$got" = "$1" ] || { echo "expected $1: the behaviour has changed" >&2; exit 1; }
}

for version in 1.8.1 2.1.0; do
  expect false "$version" '{"a":{"state":["done"],"owner":[{"exists":false}]}}' '{"a":[{"state":"open","owner":"ana"},{"state":"done"}]}'
  expect true "$version" '{"a":{"state":["done"],"user":[{"exists":false}]}}' '{"a":[{"state":"open","user":"ana"},{"state":"done"}]}'
done
