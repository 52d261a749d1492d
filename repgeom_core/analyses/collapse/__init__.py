"""Neural collapse: have features collapsed to class means, and do means and classifier form the predicted frame?"""
