"""Long work in worker processes that outlive a page reload and a restart of the server."""

from repgeom_core.jobs.job import Job, JobError, JobProgress, JobState
from repgeom_core.jobs.queue import JobQueue

__all__ = ["Job", "JobError", "JobProgress", "JobQueue", "JobState"]
