#!/usr/bin/env bash
# Intl (Node.js): BST is the time of Dhaka, and IST, AST and CST are zones that few would guess
#
# `new Intl.DateTimeFormat('en', { timeZone })` should refuse what is no name of the IANA database. Seen with Node.js 20
# (ICU 78): three letters are taken, each for one zone. BST is Bangladesh and neither Britain in summer nor Bougainville, AST
# is Anchorage and not Halifax, ACT is Darwin and not Canberra. None of them is in the IANA database.
#
# Needs Node.js and nothing else. Fails when one of the zones changes.
set -euo pipefail

node -e '
  const zones = { BST: "Asia/Dhaka", AST: "America/Anchorage", ACT: "Australia/Darwin", SST: "Pacific/Guadalcanal" };
  console.log("Node.js", process.version, "ICU", process.versions.icu);
  for (const [name, zone] of Object.entries(zones)) {
    const got = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
    console.log(name, "is", got);
    if (got !== zone) throw new Error(`expected ${zone}: the behaviour has changed`);
  }
'
