"""What users write: tasks, workflows, launch plans, and how they become programs."""
