"""Tags that the words of a text ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

DEFAULT = "conversation"
MOST = 6
LONGEST = 40

# Each tag, and the words or phrases that ask for it.
WORDS: Mapping[str, tuple[str, ...]] = {
    "rust": ("rust", "cargo", "rustc", "clippy", "crate", "tokio"),
    "python": ("python", "pip", "pytest", "django", "flask", "fastapi", "pandas", "numpy", "mypy", "ruff"),
    "javascript": ("javascript", "npm", "node", "nodejs", "yarn", "pnpm", "eslint", "webpack", "vite"),
    "typescript": ("typescript", "tsc", "tsconfig", "deno", "bun"),
    "go": ("golang", "gofmt", "gopls", "goroutine"),
    "java": ("java", "maven", "gradle", "jvm", "kotlin", "spring boot"),
    "ruby": ("ruby", "rails", "bundler", "rspec"),
    "react": ("react", "jsx", "tsx", "nextjs", "next.js"),
    "github": ("github", "pull request", "pull requests", "gh pr"),
    "git": ("git", "rebase", "merge conflict", "submodule", "worktree"),
    "ci": ("ci", "github actions", "gitlab ci", "jenkins", "flaky"),
    "docker": ("docker", "dockerfile", "docker-compose", "container", "podman"),
    "kubernetes": ("kubernetes", "k8s", "kubectl", "helm", "pods"),
    "database": (
        "database", "sql", "sqlite", "postgres", "postgresql", "mysql", "mariadb", "mongodb", "orm",
        "migration",
    ),
    "cache": ("cache", "caching", "redis", "memcached"),
    "api": ("api", "rest", "graphql", "grpc", "endpoint", "webhook"),
    "security": ("security", "vulnerability", "cve", "oauth", "jwt", "csrf", "xss", "encryption", "gdpr"),
    "performance": ("performance", "latency", "throughput", "benchmark", "profiling", "memory leak", "slow"),
    "testing": (
        "unit test", "unit tests", "test suite", "jest", "vitest", "playwright", "e2e", "coverage",
    ),
    "concurrency": ("deadlock", "race condition", "mutex", "thread-safe", "gil", "asyncio"),
    "frontend": ("frontend", "css", "tailwind", "browser", "svelte", "vue"),
    "cloud": ("aws", "lambda", "s3", "gcp", "azure", "terraform", "cloudwatch"),
    "release": ("release", "changelog", "semver", "deploy", "deployment"),
    "rfc": ("rfc", "adr"),
}  # fmt: skip


def tags_of(text: str, extra: str = "") -> list[str]:
    """Return the tags that a text asks for, in the order in which their words come; `conversation` if none.

    Args:
        text: anything.
        extra: further words and their tags as the setting `tags.words` has them, such as
            `terraform=infra, checkout flow=shop`; what has no such form is passed over.
    """
    tag_of = {**_common(), **_own(extra)}
    found: dict[str, None] = {}
    for match in _pattern(extra).finditer(text.lower()):
        found[tag_of[match.group()]] = None
        if len(found) == MOST:
            break
    return list(found) or [DEFAULT]


@lru_cache(maxsize=1)
def _common() -> dict[str, str]:
    return {word: tag for tag, words in WORDS.items() for word in words}


@lru_cache(maxsize=4)
def _own(extra: str) -> dict[str, str]:
    pairs = (item.partition("=") for item in extra.split(","))
    cleaned = ((" ".join(word.lower().split()), tag.strip().lstrip("#")) for word, _, tag in pairs)
    return {word: tag for word, tag in cleaned if word and 0 < len(tag) <= LONGEST and tag.isprintable()}


@lru_cache(maxsize=4)
def _pattern(extra: str) -> re.Pattern[str]:
    words = sorted({**_common(), **_own(extra)}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])")
