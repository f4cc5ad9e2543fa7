"""What every feature of the window is given: session, notifications, tasks, settings, thumbnails."""
