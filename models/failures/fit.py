"""Fits the classifier of failures and measures it. Called by scripts/train-classifier.ts, which makes the features.

Reads one JSON document from the file named first: {classes, featureCount, messages: [{class, project, heldOut, rule,
index, value}]}, where `rule` is the class that the rules decide, or null. Writes one to the file named second.
"""

import json
import sys

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, f1_score
from sklearn.model_selection import GroupKFold

RETRY_HELPS = {"network", "timeout", "rate-limit", "dependency", "infrastructure", "resource"}
INVERSE_REGULARISATION = 10.0
FOLDS = 6
BINS = 10
# Below it the answer is `unknown`: a class that is wrong more often than two times in three helps nobody.
LEAST_CONFIDENCE = 0.3


def read(path):
    document = json.load(open(path))
    messages = document["messages"]
    rows = np.repeat(np.arange(len(messages)), [len(m["index"]) for m in messages])
    columns = np.concatenate([m["index"] for m in messages])
    values = np.concatenate([m["value"] for m in messages])
    matrix = csr_matrix((values, (rows, columns)), shape=(len(messages), document["featureCount"]))
    return document["classes"], matrix, messages


def fit(matrix, labels):
    model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=300, tol=1e-3, class_weight="balanced")
    return model.fit(matrix, labels)


def scores(model, matrix, classes):
    """Decision values in the order of `classes`."""
    order = [list(model.classes_).index(name) for name in classes]
    return model.decision_function(matrix)[:, order]


def shares(values, temperature):
    scaled = values / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cross_validated(matrix, labels, groups, classes):
    values = np.empty((len(labels), len(classes)))
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=1).split(matrix, labels, groups):
        values[test] = scores(fit(matrix[train], labels[train]), matrix[test], classes)
    return values


def best_temperature(values, labels, classes):
    truth = np.array([classes.index(label) for label in labels])

    def loss(temperature):
        return -np.log(shares(values, temperature)[np.arange(len(truth)), truth] + 1e-12).mean()

    return float(minimize_scalar(loss, bounds=(0.2, 5), method="bounded").x)


def decide(probability, rules, classes, least, precision):
    """As lib/core/retry/classify/diagnose.ts does."""
    names, confidence = [], []
    unknown = classes.index("unknown")
    for row, rule in zip(probability, rules):
        top = int(row.argmax())
        if rule is not None:
            names.append(rule)
            confidence.append(precision[classes.index(rule)])
        elif row[top] >= least:
            names.append(classes[top])
            confidence.append(row[top])
        else:
            names.append("unknown")
            confidence.append(row[unknown])
    return np.array(names), np.array(confidence)


def rule_precision(rules, labels, classes):
    """Of each class, smoothed as if one more message had been decided right and one wrong."""
    said = np.array([rule or "" for rule in rules])
    return [float(((labels == name) & (said == name)).sum() + 1) / float((said == name).sum() + 2) for name in classes]


def calibration_error(confidence, right):
    """Expected calibration error over bins of equal width."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))


def helps(name):
    return name in RETRY_HELPS


def measure(labels, said, confidence, classes):
    known = labels != "unknown"
    agree = np.array([helps(a) == helps(b) for a, b in zip(labels, said)])
    told = known & (said != "unknown")
    return {
        "messages": int(len(labels)),
        "macroF1": float(f1_score(labels, said, average="macro", labels=[c for c in classes if (labels == c).any()])),
        "accuracy": float((labels == said).mean()),
        "retryHelps": float(agree[told].mean()),
        "retryHelpsCountingUnknownAsNo": float(agree[known].mean()),
        "calibrationError": calibration_error(confidence, (labels == said).astype(float)),
        "f1": {c: float(f1_score(labels == c, said == c)) for c in classes if (labels == c).any()},
        "confusion": confusion_matrix(labels, said, labels=classes).tolist(),
    }


def main(source, target):
    classes, matrix, messages = read(source)
    labels = np.array([m["class"] for m in messages])
    groups = np.array([m["project"] for m in messages])
    rules = np.array([m["rule"] for m in messages], dtype=object)
    held = np.array([m["heldOut"] for m in messages])
    reported = np.array([m["reported"] for m in messages])

    # The temperature and the precision of the rules are taken from the tools that are trained on.
    seen = ~held
    values = cross_validated(matrix[seen], labels[seen], groups[seen], classes)
    temperature = best_temperature(values, labels[seen], classes)
    precision = rule_precision(rules[seen], labels[seen], classes)
    least = LEAST_CONFIDENCE
    inner = measure(labels[seen], *decide(shares(values, temperature), rules[seen], classes, least, precision), classes)

    unseen = scores(fit(matrix[seen], labels[seen]), matrix, classes)
    report = {"crossValidation": inner}
    for name, part in (("heldOut", held), ("reported", reported), ("heldOutModelOnly", held)):
        use = np.array([None] * part.sum(), dtype=object) if name == "heldOutModelOnly" else rules[part]
        said, confidence = decide(shares(unseen[part], temperature), use, classes, least, precision)
        report[name] = measure(labels[part], said, confidence, classes)
        if name == "heldOut":
            wrong = [(str(a), str(b), m["message"]) for a, b, m in zip(labels[part], said, np.array(messages)[part]) if a != b]
            report["errors"] = [{"class": a, "said": b, "message": m} for a, b, m in wrong]

    final = fit(matrix, labels)
    order = [list(final.classes_).index(name) for name in classes]
    json.dump(
        {
            "coefficients": final.coef_[order].tolist(),
            "intercepts": final.intercept_[order].tolist(),
            "temperature": temperature,
            "leastConfidence": least,
            "rulePrecision": rule_precision(rules, labels, classes),
            "report": report,
        },
        open(target, "w"),
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
