"""The training engine: learns to swap two faces and puts them into pictures and videos.

It knows nothing of Django and can be used alone:

    python -m training.engine.train RUN_DIR
    torchrun --standalone --nproc-per-node 2 -m training.engine.train RUN_DIR
    python -m training.engine.convert --checkpoint C --input IN --output OUT --into b
"""
