"""Use cases: following (judge agents again), watching (boards), explaining, history (the past), answers (kept results)."""
