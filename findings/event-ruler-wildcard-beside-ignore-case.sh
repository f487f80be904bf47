#!/usr/bin/env bash
# event-ruler: a wildcard beside `equals-ignore-case` takes text that neither of them asks for
#
# Package: software.amazon.event.ruler:event-ruler 1.8.1 and 2.1.0 (Maven), the matcher of Amazon EventBridge.
# The values of a list are alternatives, so {"wildcard": "*.png"} and {"equals-ignore-case": "main"} in one list should take
# "a.png" and "MAIN" and nothing else. Seen: "xmain" matches too, and with "*a" and "x" even "q", as if the text without case
# began behind the wildcard. Each of the two alone is right.
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
  expect false "$version" '{"a":[{"wildcard":"*.png"}]}' '{"a":"xmain"}'
  expect false "$version" '{"a":[{"equals-ignore-case":"main"}]}' '{"a":"xmain"}'
  expect true "$version" '{"a":[{"wildcard":"*.png"},{"equals-ignore-case":"main"}]}' '{"a":"xmain"}'
  expect true "$version" '{"a":[{"wildcard":"*a"},{"equals-ignore-case":"x"}]}' '{"a":"q"}'
done
